import type { PciAddress } from '@virtfn/model';
import type { AttachmentDocument } from '../neutron/index.ts';

/** What ports have of one PF. */
export interface TakenOfPf {
  /** VFs by number; -1: the whole PF. */
  readonly taken: ReadonlySet<number>;
  readonly guaranteedMbps: number;
}

type Place = Pick<AttachmentDocument, 'id' | 'host_id' | 'pf' | 'vf_index' | 'min_kbps'>;

const NOTHING: TakenOfPf = { taken: new Set(), guaranteedMbps: 0 };

/** Which VFs of which hosts ports have, in memory. */
export class TakenVfs {
  readonly #byId = new Map<string, Place>();
  readonly #byHost = new Map<string, Map<string, Place>>();

  put(attachment: Place): void {
    this.remove(attachment.id);
    const { id, host_id: hostId, pf, vf_index: vfIndex, min_kbps: minKbps } = attachment;
    // A document is long, and there may be a million.
    const place: Place = { id, host_id: hostId, pf, vf_index: vfIndex, min_kbps: minKbps };
    this.#byId.set(id, place);
    const ofHost = this.#byHost.get(hostId) ?? new Map<string, Place>();
    this.#byHost.set(hostId, ofHost.set(id, place));
  }

  /** @returns the host that it was on, or undefined */
  remove(id: string): string | undefined {
    const place = this.#byId.get(id);
    if (place === undefined) return undefined;
    this.#byId.delete(id);
    this.#byHost.get(place.host_id)?.delete(id);
    return place.host_id;
  }

  ofPf(hostId: string, pf: PciAddress): TakenOfPf {
    const ofHost = this.#byHost.get(hostId);
    if (ofHost === undefined) return NOTHING;
    const places = [...ofHost.values()].filter((place) => place.pf === pf);
    const kbps = places.reduce((sum, { min_kbps: minKbps }) => sum + minKbps, 0);
    return {
      taken: new Set(places.map(({ vf_index: vfIndex }) => vfIndex ?? -1)),
      guaranteedMbps: Math.ceil(kbps / 1000),
    };
  }
}
