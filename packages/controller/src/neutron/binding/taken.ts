import type { PciAddress } from '@virtfn/model';
import type { SchedulerHost } from '../../scheduler/index.ts';
import { count, listClaims, releaseClaim, takeClaim } from '../../store/index.ts';
import type { AttachmentDocument } from '../documents/index.ts';
import type { Call, WriteCall } from '../framework/index.ts';
import type { FleetHost } from '../fleet.ts';
import { conflict } from '../wire/neutron-error.ts';

/** Where the VFs of a host are claimed. */
export const vfSpace = (hostId: string): string => `vf/${hostId}`;
const bandwidthSpace = (hostId: string): string => `bandwidth/${hostId}`;

/** A whole PF is taken under this number. */
const WHOLE_PF = -1;

/** Joins what is known of a host with what ports have of it. */
export async function withTaken({ db }: Pick<Call, 'db'>, host: FleetHost): Promise<SchedulerHost> {
  const taken = new Map<string, Set<number>>();
  for (const { key } of await listClaims(db, vfSpace(host.hostId))) {
    const [pf = '', number = ''] = key.split('/');
    const ofPf = taken.get(pf) ?? new Set();
    taken.set(pf, ofPf.add(Number(number)));
  }
  const rows = await db
    .selectFrom('counter')
    .select(['key', 'used'])
    .where('space', '=', bandwidthSpace(host.hostId))
    .execute();
  const guaranteed = new Map(rows.map(({ key, used }) => [key, used]));
  return {
    ...host,
    pfs: host.pfs.map((each) => ({
      ...each,
      taken: taken.get(each.pf.pciAddress) ?? new Set(),
      guaranteedMbps: Math.ceil((guaranteed.get(each.pf.pciAddress) ?? 0) / 1000),
    })),
  };
}

type Place = Pick<AttachmentDocument, 'host_id' | 'pf' | 'vf_index' | 'min_kbps'>;

/** Takes a VF for an attachment. False: somebody else has it. */
export async function takeVf(call: WriteCall, attachmentId: string, place: Place): Promise<boolean> {
  const { host_id: hostId, pf, vf_index: vfIndex, min_kbps: minKbps } = place;
  if (!(await takeClaim(call.write, vfSpace(hostId), keyOf(pf, vfIndex), attachmentId))) return false;
  if (minKbps > 0) await count(call.write, bandwidthSpace(hostId), pf, minKbps);
  return true;
}

export async function releaseVf(
  call: Pick<WriteCall, 'write'>,
  attachmentId: string,
  place: Place,
): Promise<void> {
  const { host_id: hostId, pf, vf_index: vfIndex, min_kbps: minKbps } = place;
  await releaseClaim(call.write, vfSpace(hostId), keyOf(pf, vfIndex), attachmentId);
  if (minKbps > 0) await count(call.write, bandwidthSpace(hostId), pf, -minKbps);
}

/**
 * Guarantees so much more to an attachment, or less.
 *
 * @param more kbit/s
 * @throws {NeutronError} QosPlacementAllocationConflict: the link of the PF has not so much left
 */
export async function guarantee(
  call: WriteCall,
  attachment: AttachmentDocument,
  more: number,
): Promise<void> {
  if (more === 0) return;
  const { host_id: hostId, pf: address, port_id: portId } = attachment;
  const guaranteedKbps = await count(call.write, bandwidthSpace(hostId), address, more);
  const host = call.settings.fleet.find(hostId);
  const pf = host?.pfs.find((each) => each.pf.pciAddress === address)?.pf;
  if (more < 0 || pf === undefined || pf.linkMbps === null || guaranteedKbps <= pf.linkMbps * 1000) return;
  throw conflict(
    'QosPlacementAllocationConflict',
    `Allocation for consumer ${portId} is not possible on resource provider ${hostId}:${pf.netdevName ?? address}, the requested amount of bandwidth would exceed the capacity available.`,
  );
}

function keyOf(pf: PciAddress | string, vfIndex: number | null): string {
  return `${pf}/${vfIndex ?? WHOLE_PF}`;
}
