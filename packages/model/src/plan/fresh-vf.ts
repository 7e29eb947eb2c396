import type { PhysicalFunction, VfSettings, VirtualFunction } from '../inventory/index.ts';
import type { AttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';

const FRESH_SETTINGS: VfSettings = {
  adminMac: null,
  vlan: null,
  // Drivers differ (mlx5 starts without); unknown makes whoever attaches set it.
  spoofCheck: null,
  trust: null,
  linkState: 'auto',
  minTxRateMbps: null,
  maxTxRateMbps: null,
};

/**
 * A VF as it will be right after its PF enabled it with driver probing off: nothing set, nothing bound.
 * Its PCI address is not known before that (offset and stride may change with the count, K5), so the PF's
 * stands in for it; no step carries it.
 */
export function freshVf(
  pf: PhysicalFunction,
  vfIndex: number,
  attachmentId: AttachmentId | null,
): VirtualFunction {
  const pciAddress: PciAddress = pf.pciAddress;
  return {
    vfIndex,
    pciAddress,
    driver: null,
    netdevName: null,
    effectiveMac: null,
    mtu: null,
    settings: FRESH_SETTINGS,
    users: [],
    vfRepresentor: null,
    iommuGroup: null,
    attachmentId,
  };
}

/** A VF as it will be once its driver is taken off. */
export function unboundVf(vf: VirtualFunction): VirtualFunction {
  if (vf.driver === null) return vf;
  return { ...vf, driver: null, netdevName: null, effectiveMac: null, mtu: null };
}
