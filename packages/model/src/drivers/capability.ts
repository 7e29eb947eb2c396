import type { VlanProtocol } from '../ethernet/index.ts';

/**
 * `probe`: not known beforehand. The step is planned, and the driver's answer (EOPNOTSUPP) is remembered as `no`.
 */
export type Support = 'yes' | 'no' | 'probe';

/** What can be set on a VF through its PF. The two rates travel in one netlink attribute (IFLA_VF_RATE). */
export const VF_ATTRIBUTES = [
  'adminMac',
  'vlan',
  'spoofCheck',
  'trust',
  'linkState',
  'minTxRateMbps',
  'maxTxRateMbps',
] as const;
export type VfAttribute = (typeof VF_ATTRIBUTES)[number];

/** Attributes whose failure leaves a VF closed (invariant 5). */
export const SECURITY_ATTRIBUTES: ReadonlySet<VfAttribute> = new Set([
  'adminMac',
  'vlan',
  'spoofCheck',
  'trust',
]);

export interface RateRules {
  /** The driver takes a rate only while the PF has carrier (igb, ixgbe, be2net). */
  readonly needsLink: boolean;
  /** The only link speed at which rates work, in Mbit/s; null for any (ixgbe: 10,000). */
  readonly onlyAtLinkMbps: number | null;
  /** Smallest rate that is taken, Mbit/s. */
  readonly smallestMbps: number;
  /** Product ids (PF) on which the driver takes rates; null for all (igb: 82576 only). */
  readonly onlyProducts: readonly string[] | null;
}

export interface FdbRules {
  /** Whether an entry in the PF's forwarding database makes the card pass frames of its VFs to the host. */
  readonly support: Support;
  /**
   * Most MACs that the card filters beside the PF's own, where the driver does not refuse one more but goes promiscuous
   * without a word, which helps no VF. null: the driver refuses (igb, ixgbe: ENOMEM), or it is not known.
   */
  readonly mostMacs: number | null;
}

export interface SwitchdevRules {
  /**
   * VFs are made in legacy mode and the mode is changed with them there, no driver bound (mlx5, by the SR-IOV
   * network operator). Otherwise the mode is changed first, while there are none (ice).
   */
  readonly createVfsInLegacy: boolean;
  /** VF attributes that the PF no longer takes in this mode. */
  readonly lost: readonly VfAttribute[];
}

/** What one kernel driver can do, as its source says. `source` names where; a lab may correct it. */
export interface DriverCapability {
  readonly driver: string;
  /** Cards, for people. */
  readonly cards: string;
  /** Kernel driver of the VFs; null when not known. */
  readonly vfDriver: string | null;
  /** How the number of VFs is set. */
  readonly vfCount: 'sysfs' | 'module-option';
  /** The option of the driver's module by which VFs are made when it is loaded; null: it has none, or none that is known. */
  readonly vfCountOption: string | null;
  /** Most VFs a PF takes whatever its capability says; null: what `sriov_totalvfs` says. */
  readonly maxVfs: number | null;
  /** Enabling fails, or silently enables nothing, while the PF is administratively down. */
  readonly vfCountNeedsPfUp: boolean;
  /** Enabling or disabling VFs closes and opens the PF: its own traffic stops for a moment. */
  readonly vfCountDropsPfLink: boolean;
  readonly attributes: Readonly<Record<VfAttribute, Support>>;
  readonly vlanProtocols: readonly VlanProtocol[];
  readonly rates: RateRules;
  /** `reload`: a MAC set by the PF is seen by the VF after its driver was loaded again. `reset`: the PF resets the VF. */
  readonly macTakesEffect: 'reload' | 'reset' | 'at-once';
  /**
   * Where no MAC was set, the PF shows the one that the VF's own driver has picked (seen on igb: the VF asks the PF for
   * it by mailbox, and both are kept in one place).
   */
  readonly reportsOwnMac: boolean;
  /** Whether all zeros clears the MAC, or the driver wants a placeholder instead (bnx2x). */
  readonly macClearedBy: 'zero' | 'placeholder';
  /** Whether the driver counts per VF. If not, the kernel shows zeros, which mean nothing (K11). */
  readonly vfStats: Support;
  readonly fdb: FdbRules;
  readonly switchdev: SwitchdevRules | null;
  readonly source: string;
}
