import { SriovError } from '../errors/index.ts';
import { type PciAddress, parsePciAddress } from '../pci/index.ts';
import type { ObservedHost, PhysicalFunction } from './physical-function.ts';
import type { VfUser, VirtualFunction } from './virtual-function.ts';

export function findPf(host: ObservedHost, pciAddress: PciAddress): PhysicalFunction | undefined {
  return host.pfs.find((pf) => pf.pciAddress === pciAddress);
}

/** @throws {SriovError} PF_UNKNOWN */
export function getPf(host: ObservedHost, pciAddress: PciAddress): PhysicalFunction {
  const pf = findPf(host, pciAddress);
  if (pf !== undefined) return pf;
  const known = host.pfs.map((each) => each.pciAddress);
  throw new SriovError(
    'PF_UNKNOWN',
    `Cannot find PF ${pciAddress} on host ${host.hostId}: it has ${known.length === 0 ? 'none' : known.join(', ')}`,
    { details: { pf: pciAddress, host: host.hostId, known } },
  );
}

/**
 * Finds a PF as an operator calls it: by PCI address (with or without domain) or by the name of its interface.
 *
 * @throws {SriovError} PF_UNKNOWN
 */
export function getPfByName(host: ObservedHost, name: string): PhysicalFunction {
  const byNetdev = host.pfs.find((pf) => pf.netdevName === name);
  if (byNetdev !== undefined) return byNetdev;
  const pciAddress = pciAddressOrNull(name);
  if (pciAddress !== null) return getPf(host, pciAddress);
  const known = host.pfs.map((pf) =>
    pf.netdevName === null ? pf.pciAddress : `${pf.netdevName} (${pf.pciAddress})`,
  );
  throw new SriovError(
    'PF_UNKNOWN',
    `Cannot find PF "${name}" on host ${host.hostId}: it has ${known.length === 0 ? 'none' : known.join(', ')}`,
    { details: { pf: name, host: host.hostId, known } },
  );
}

function pciAddressOrNull(text: string): PciAddress | null {
  try {
    return parsePciAddress(text);
  } catch {
    return null;
  }
}

/** @throws {SriovError} VF_INDEX_INVALID */
export function getVf(pf: PhysicalFunction, vfIndex: number): VirtualFunction {
  const vf = pf.vfs.find((each) => each.vfIndex === vfIndex);
  if (vf !== undefined) return vf;
  throw new SriovError(
    'VF_INDEX_INVALID',
    `Cannot find VF ${vfIndex} of PF ${pf.pciAddress}: ${pf.numVfs === 0 ? 'no VFs are enabled' : `VFs 0 to ${pf.numVfs - 1} are enabled`}`,
    { details: { pf: pf.pciAddress, vfIndex, numVfs: pf.numVfs } },
  );
}

/** Names a user of a VF for people. */
export function describeVfUser(user: VfUser): string {
  switch (user.kind) {
    case 'vfio':
      return user.vm === null ? `process ${user.process}` : `virtual machine ${user.vm}`;
    case 'network-namespace':
      return `network namespace ${user.name}`;
    case 'macvtap':
      return user.vm === null
        ? `macvtap ${user.netdevName}`
        : `virtual machine ${user.vm} (macvtap ${user.netdevName})`;
    case 'rdma':
      return `RDMA device ${user.device}`;
  }
}

/** Everybody who would notice if the VF went away: the attachment it serves and the users seen on it. */
export function vfOwners(vf: VirtualFunction): readonly string[] {
  const users = vf.users.map(describeVfUser);
  return vf.attachmentId === null ? users : [`attachment ${vf.attachmentId}`, ...users];
}
