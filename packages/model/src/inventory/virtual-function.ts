import type { MacAddress, Vlan } from '../ethernet/index.ts';
import type { AttachmentId, NetdevName } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';

export type LinkState = 'auto' | 'enable' | 'disable';

/**
 * What the PF holds for a VF. `null` means none set, or for `spoofCheck` and `trust` that the driver does not
 * report it (the kernel's -1, K9).
 */
export interface VfSettings {
  readonly adminMac: MacAddress | null;
  readonly vlan: Vlan | null;
  readonly spoofCheck: boolean | null;
  readonly trust: boolean | null;
  readonly linkState: LinkState;
  /** Mbit/s; null: no guarantee. */
  readonly minTxRateMbps: number | null;
  /** Mbit/s; null: no limit. */
  readonly maxTxRateMbps: number | null;
}

/** Who was seen to use a VF, found on the system itself. */
export type VfUser =
  /** A process holds the VF's VFIO group; `vm` is the domain if the process is one. */
  | { readonly kind: 'vfio'; readonly process: string; readonly vm: string | null }
  | { readonly kind: 'network-namespace'; readonly name: string }
  | { readonly kind: 'macvtap'; readonly netdevName: NetdevName; readonly vm: string | null }
  | { readonly kind: 'rdma'; readonly device: string };

/** One VF of a PF, as read from the kernel. */
export interface VirtualFunction {
  readonly vfIndex: number;
  readonly pciAddress: PciAddress;
  /** Driver bound now; null for none. */
  readonly driver: string | null;
  readonly netdevName: NetdevName | null;
  /** MAC that the VF's own netdev shows; null without one. */
  readonly effectiveMac: MacAddress | null;
  /** MTU of the VF's netdev; null without one. */
  readonly mtu: number | null;
  /** null: the driver left this VF out of its answer (K9), so nothing is known. */
  readonly settings: VfSettings | null;
  readonly users: readonly VfUser[];
  readonly vfRepresentor: NetdevName | null;
  readonly iommuGroup: number | null;
  /** The attachment that this VF serves by the agent's journal; null for none, and always null from a `Host`. */
  readonly attachmentId: AttachmentId | null;
}

/** Names a VF by where it is, not by a kernel name that may change. */
export interface VfRef {
  readonly pf: PciAddress;
  readonly vfIndex: number;
}
