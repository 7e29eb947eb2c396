import { SriovError } from '@virtfn/model';
import type { AttachmentDocument, VfDocument, VfList, VfQueryDocument } from '../v1/index.ts';
import type { Keyed } from './page.ts';
import type { ReportedHost } from './reported-host.ts';
import { wireNetworks, wirePfs } from './wire-pfs.ts';

type VfRow = VfList['vfs'][number];

/** VFs of one host, with whose they are. @param attachments those of this host */
export function vfRows(
  host: ReportedHost,
  isAlive: boolean,
  attachments: readonly AttachmentDocument[],
): readonly Keyed<VfDocument>[] {
  const { hostId } = host.observed;
  const byVf = new Map(attachments.map((each) => [keyOfVf(hostId, each.pf, each.vfIndex), each]));
  return wirePfs(host).flatMap((pf) => {
    const physicalNetworks = wireNetworks(host, pf.pciAddress);
    const ofWholePf = byVf.get(keyOfVf(hostId, pf.pciAddress, null)) ?? null;
    return pf.vfs.map((vf): Keyed<VfDocument> => {
      const key = keyOfVf(hostId, pf.pciAddress, vf.vfIndex);
      const attachment = byVf.get(key) ?? ofWholePf;
      const isHeld = vf.attachmentId !== null || vf.users.length > 0;
      return {
        key,
        row: {
          hostId,
          pf: pf.pciAddress,
          pfNetdevName: pf.netdevName,
          physicalNetworks,
          state: isAlive ? (attachment?.state ?? (isHeld ? 'held' : 'free')) : 'unknown',
          portId: attachment?.portId ?? null,
          vf,
          attachment,
        },
      };
    });
  });
}

/** A VF as it stands in a list. */
export function vfOfList(document: VfDocument): VfRow {
  const { hostId, pf, pfNetdevName, physicalNetworks, state, portId, vf } = document;
  return { hostId, pf, pfNetdevName, physicalNetworks, state, portId, vf };
}

/** Whether a query asks for a VF of a host that it asks for. */
export function isAskedVf(
  { pf, pciAddress, physicalNetwork, port, state }: VfQueryDocument,
  row: VfRow,
): boolean {
  return (
    (pf === undefined || row.pf === pf) &&
    (pciAddress === undefined || row.vf.pciAddress === pciAddress) &&
    (physicalNetwork === undefined || row.physicalNetworks.includes(physicalNetwork)) &&
    (port === undefined || row.portId === port) &&
    (state === undefined || row.state === state)
  );
}

/** One of a host's VFs. @throws {SriovError} VF_UNKNOWN */
export function getVfOf(
  rows: readonly Keyed<VfDocument>[],
  { hostId, pf, vfIndex }: { readonly hostId: string; readonly pf: string; readonly vfIndex: number },
): VfDocument {
  const found = rows.find(({ row }) => row.pf === pf && row.vf.vfIndex === vfIndex);
  if (found !== undefined) return found.row;
  throw new SriovError(
    'VF_UNKNOWN',
    `Cannot find VF ${vfIndex} of PF ${pf} of host "${hostId}": there is none`,
  );
}

function keyOfVf(hostId: string, pf: string, vfIndex: number | null): string {
  return `${hostId}/${pf}/${vfIndex === null ? '' : String(vfIndex).padStart(5, '0')}`;
}
