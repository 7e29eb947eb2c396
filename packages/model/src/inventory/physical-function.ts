import type { VfAttribute } from '../drivers/capability.ts';
import type { MacAddress } from '../ethernet/index.ts';
import type { AttachmentId, HostId, NetdevName } from '../names/index.ts';
import type { PciAddress, PciId } from '../pci/index.ts';
import type { NumaNode } from './numa-node.ts';
import type { VirtualFunction } from './virtual-function.ts';

export type EswitchMode = 'legacy' | 'switchdev';

/** One PF of a host with all its VFs, as read from the kernel. */
export interface PhysicalFunction {
  readonly pciAddress: PciAddress;
  readonly vendorId: PciId;
  readonly productId: PciId;
  readonly vendorName: string;
  readonly productName: string;
  readonly driver: string | null;
  readonly netdevName: NetdevName | null;
  readonly mac: MacAddress | null;
  readonly adminUp: boolean;
  readonly carrier: boolean;
  /** Mbit/s; null while the link is down or unknown. */
  readonly linkMbps: number | null;
  readonly mtu: number | null;
  readonly numaNode: number | null;
  readonly iommuGroup: number | null;
  readonly totalVfs: number;
  readonly numVfs: number;
  /** First VF Offset and VF Stride, valid for the present number of VFs only (K5). */
  readonly vfOffset: number;
  readonly vfStride: number;
  readonly vfProductId: PciId | null;
  /** Whether the kernel binds drivers to new VFs (sriov_drivers_autoprobe). */
  readonly driversAutoprobe: boolean;
  /** null: the driver has no eswitch mode. */
  readonly eswitchMode: EswitchMode | null;
  /** Whether the host's default route leaves through this PF. */
  readonly carriesDefaultRoute: boolean;
  readonly serial: string | null;
  readonly firmware: string | null;
  /**
   * Unicast MACs beside its own that the card passes to the host: entries of the PF itself in its forwarding database
   * (`bridge fdb show dev PF self`), whoever made them.
   */
  readonly fdb: readonly MacAddress[];
  /** Attributes that this driver answered EOPNOTSUPP to since the agent looks. */
  readonly refusedAttributes: readonly VfAttribute[];
  readonly vfs: readonly VirtualFunction[];
}

/** An attachment that the agent's journal gives a VF which is not there (now): removed with the VF count, or lost at reboot. */
export interface OrphanedAttachment {
  readonly pf: PciAddress;
  readonly vfIndex: number;
  readonly attachmentId: AttachmentId;
}

/** An entry of a PF's forwarding database that the agent's journal says is its own, whether it is there (yet, still) or not. */
export interface FdbClaim {
  readonly pf: PciAddress;
  readonly mac: MacAddress;
}

/** A host as its kernel shows it at one moment. */
export interface ObservedHost {
  readonly hostId: HostId;
  /** Changes at every boot (/proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
  /** True for hosts that exist in memory only; shown wherever the host is shown. */
  readonly simulated: boolean;
  /** Nodes that have processors, by number. A node that is missing is in a socket that is not known. */
  readonly numaNodes: readonly NumaNode[];
  readonly pfs: readonly PhysicalFunction[];
  /** Known to the agent only; always empty from a `Host`. */
  readonly orphans: readonly OrphanedAttachment[];
  /** Known to the agent only; always empty from a `Host`. All other entries are somebody else's. */
  readonly fdbClaims: readonly FdbClaim[];
}
