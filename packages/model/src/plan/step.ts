import type { VfDriver } from '../desired/index.ts';
import type { ModuleOption } from '../drivers/index.ts';
import type { MacAddress, Vlan } from '../ethernet/index.ts';
import type { EswitchMode, LinkState } from '../inventory/index.ts';
import type { AttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';

/**
 * One setting of a VF, as one netlink attribute. `rate` has both rates because the kernel writes both: a
 * missing one would be overwritten (LP#1962844).
 */
export type VfSetting =
  | { readonly attribute: 'adminMac'; readonly value: MacAddress | null }
  | { readonly attribute: 'vlan'; readonly value: Vlan | null }
  | { readonly attribute: 'spoofCheck'; readonly value: boolean }
  | { readonly attribute: 'trust'; readonly value: boolean }
  | { readonly attribute: 'linkState'; readonly value: LinkState }
  | {
      readonly attribute: 'rate';
      readonly value: { readonly minTxRateMbps: number | null; readonly maxTxRateMbps: number | null };
    };

/** A change to a PF. */
export type PfStep =
  | { readonly kind: 'set-drivers-autoprobe'; readonly pf: PciAddress; readonly enabled: boolean }
  /** `from` is what was observed: the step is refused if the PF has another number by then. */
  | { readonly kind: 'set-num-vfs'; readonly pf: PciAddress; readonly from: number; readonly numVfs: number }
  /**
   * Writes the option of a driver's module for every later load, and loads it anew now: all cards of the driver go away
   * for some seconds. `pf` is one of them.
   */
  | {
      readonly kind: 'reload-driver';
      readonly pf: PciAddress;
      readonly moduleOption: ModuleOption;
      readonly numVfs: number;
      /** All PFs that the driver drives. */
      readonly pfs: readonly PciAddress[];
    }
  | { readonly kind: 'set-eswitch-mode'; readonly pf: PciAddress; readonly mode: EswitchMode }
  | { readonly kind: 'set-pf-up'; readonly pf: PciAddress }
  | { readonly kind: 'set-pf-mtu'; readonly pf: PciAddress; readonly mtu: number };

interface OfFdbEntry {
  readonly pf: PciAddress;
  readonly mac: MacAddress;
}

/** A change to the forwarding database of a PF: whether the card passes frames to this MAC to the host. */
export type FdbStep =
  | (OfFdbEntry & { readonly kind: 'add-fdb-entry' })
  | (OfFdbEntry & { readonly kind: 'remove-fdb-entry' });

interface OfVf {
  readonly pf: PciAddress;
  readonly vfIndex: number;
}

/** A change to one VF in the kernel. */
export type VfStep =
  | (OfVf & { readonly kind: 'set-vf'; readonly setting: VfSetting })
  | (OfVf & { readonly kind: 'set-vf-driver'; readonly driver: VfDriver })
  | (OfVf & { readonly kind: 'set-vf-mtu'; readonly mtu: number });

/** A change to the agent's journal: who a VF belongs to. Written before the VF is opened, erased after it is closed. */
export type VfJournalStep =
  | (OfVf & { readonly kind: 'claim-vf'; readonly attachmentId: AttachmentId })
  /** Compare-and-set: refused when the VF serves another attachment by then. */
  | (OfVf & { readonly kind: 'release-vf'; readonly attachmentId: AttachmentId });

/** A change to the agent's journal: which entries are its own. Written before the entry is made, erased after it is gone. */
export type FdbJournalStep =
  | (OfFdbEntry & { readonly kind: 'claim-fdb-entry' })
  | (OfFdbEntry & { readonly kind: 'release-fdb-entry' });

export type JournalStep = VfJournalStep | FdbJournalStep;

/** What a `Host` applies. Every step is idempotent. */
export type HostStep = PfStep | FdbStep | VfStep;

/** One change, as data: a dry run prints it, the audit log stores it, a test makes it fail. */
export type Step = HostStep | JournalStep;

/** Whether the step is about one VF. */
export function isVfStep(step: Step): step is VfStep | VfJournalStep {
  return 'vfIndex' in step;
}

/** Whether the step changes the agent's journal, and nothing in the kernel. */
export function isJournalStep(step: Step): step is JournalStep {
  return step.kind.startsWith('claim-') || step.kind.startsWith('release-');
}

/** Whether the step is about one entry of a forwarding database. */
export function isFdbStep(step: Step): step is FdbStep | FdbJournalStep {
  return 'mac' in step;
}
