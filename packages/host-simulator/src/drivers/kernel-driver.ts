import type { VlanProtocol } from '@virtfn/model';
import type { Errno } from '@virtfn/host';

/** What a driver's code looks at when it is asked for something. */
export interface PfState {
  readonly productId: string;
  readonly adminUp: boolean;
  readonly carrier: boolean;
  /** Mbit/s of the link when it is up. */
  readonly linkMbps: number;
}

export type Ndo = 'mac' | 'vlan' | 'rate' | 'spoofCheck' | 'trust' | 'linkState';

/**
 * How the kernel driver of a PF behaves, written from its source and apart from the capability table of the
 * model, so that the two can be held against each other.
 */
export interface KernelDriver {
  readonly name: string;
  readonly vfDriver: string;
  /** What the driver passes to pci_sriov_set_totalvfs; null: it leaves the card's number. */
  readonly totalVfsCap: number | null;
  /** `.sriov_configure`: the number that it enables, which may be smaller (K2), or its errno. null: it has none. */
  readonly sriovConfigure: ((pf: PfState, numVfs: number) => number | Errno) | null;
  /** Milliseconds that the PF's link is away because enabling or disabling resets the PF; 0: it is not. */
  readonly linkAwayMs: number;
  readonly ndo: ReadonlySet<Ndo>;
  /** `.ndo_get_vf_stats`: without it the kernel tells zeros of every VF (K11). */
  readonly countsVfs: boolean;
  readonly vlanProtocols: ReadonlySet<VlanProtocol>;
  readonly checkRate: (pf: PfState, minMbps: number, maxMbps: number) => Errno | null;
  /** "Link speed has been changed. VF Transmit rate is disabled" (igb_check_vf_rate_limit). */
  readonly forgetsRatesOnLinkSpeed: boolean;
  /** Entries that `.ndo_fdb_add` takes before it answers ENOMEM; null: it takes all, filtered or not. */
  readonly fdbRoom: number | null;
  /** When a VF sees the MAC that its PF set (K14). */
  readonly macTakesEffect: 'reload' | 'reset' | 'at-once';
  /** What the driver writes to the kernel's log when a MAC is set for a VF; null: nothing. */
  readonly macNotice: string | null;
  /** What the PF resets the VF for, so that it is away for a moment and left out of netlink's answers. */
  readonly resetsVfFor: ReadonlySet<Ndo>;
  /** EAGAIN while a VF is being reset (i40e). Others wait for its end. */
  readonly refusesDuringReset: boolean;
  /** The PF shows the MAC that the VF's driver picked for itself, while it has set none (seen on igb in the lab). */
  readonly reportsOwnMac: boolean;
  readonly refusesZeroMac: boolean;
  readonly freshSpoofCheck: boolean;
  readonly switchdev: {
    readonly needsZeroVfs: boolean;
    readonly needsUnboundVfs: boolean;
    /** Asked for the mode it has, it answers EINVAL (bnxt_dl_eswitch_mode_set). */
    readonly refusesSameMode: boolean;
    readonly refuses: ReadonlySet<Ndo>;
  } | null;
}
