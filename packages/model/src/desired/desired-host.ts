import type { ModuleOption } from '../drivers/module-option.ts';
import type { MacAddress, Vlan } from '../ethernet/index.ts';
import type { EswitchMode, LinkState } from '../inventory/index.ts';
import type { AttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';

/** Where a VF's driver comes from: the card's own VF driver, vfio-pci for a guest, or none bound at all. */
export type VfDriver = 'kernel' | 'vfio-pci' | 'none';

/** What a VF that serves an attachment shall be. Rates in Mbit/s; null: none. */
export interface DesiredVfSettings {
  readonly adminMac: MacAddress | null;
  readonly vlan: Vlan | null;
  readonly spoofCheck: boolean;
  readonly trust: boolean;
  readonly linkState: LinkState;
  readonly minTxRateMbps: number | null;
  readonly maxTxRateMbps: number | null;
}

export type DesiredVf =
  /** Serves an attachment with these settings. `mtu` is for VFs with a netdev on this host. */
  | {
      readonly kind: 'attached';
      readonly vfIndex: number;
      readonly attachmentId: AttachmentId;
      readonly settings: DesiredVfSettings;
      readonly driver: Exclude<VfDriver, 'none'>;
      readonly mtu: number | null;
      /**
       * The machine that it is for runs elsewhere: the card passes nothing for `adminMac` as yet, while a driver of this host
       * that has bound the VF knows it already.
       */
      readonly isMacHeld?: boolean;
    }
  /** Belongs to an attachment but must stay closed, because a security setting of it failed. */
  | { readonly kind: 'quarantined'; readonly vfIndex: number; readonly attachmentId: AttachmentId }
  /** Is somebody else's business: never touched, and the VF count of its PF neither. */
  | { readonly kind: 'unmanaged'; readonly vfIndex: number };

/** One PF. VFs that are not listed shall be closed (invariant 5). */
export interface DesiredPf {
  readonly pf: PciAddress;
  readonly numVfs: number;
  /**
   * The module option that sets the number, where a driver takes it when it is loaded only. null: by the driver table,
   * which is sysfs for all drivers of today.
   */
  readonly moduleOption: ModuleOption | null;
  /** null: leave it as it is. */
  readonly eswitchMode: EswitchMode | null;
  /** true: bring the PF up; false: leave it as it is. */
  readonly adminUp: boolean;
  readonly mtu: number | null;
  /**
   * MACs of this host, behind a bridge over the PF, that the VFs of the PF shall reach: each needs an entry in the PF's
   * forwarding database, because the card's switch does not learn. Entries of ours that are not listed are taken away.
   * null: leave them as they are.
   */
  readonly localMacs: readonly MacAddress[] | null;
  readonly vfs: readonly DesiredVf[];
}

/** All that is wanted of one host. PFs that are not listed are left alone. */
export interface DesiredHost {
  readonly pfs: readonly DesiredPf[];
  /** Attachments to be given up: only these may lose a VF that they hold. */
  readonly releases: readonly AttachmentId[];
  /** Owners, spelled as `vfOwners` does, whose VFs may be taken away because the request names them. */
  readonly evict: readonly string[];
  /** Whether a driver may be loaded anew, which takes all its cards down for a moment. */
  readonly reloadDriver: boolean;
}
