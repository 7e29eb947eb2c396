import type { LinkState, MacAddress, Vlan } from '@virtfn/model';

/** The PF's own receive pool. */
export interface PfPool {
  readonly macs: readonly MacAddress[];
  /** `bridge fdb add MAC dev PF self`: MACs behind a bridge over the PF that the card was told of. */
  readonly fdbMacs: readonly MacAddress[];
  /** What the kernel switches on when the PF joins a bridge. */
  readonly promiscuous: boolean;
  /** VLANs that the host has interfaces in, such as `eth2.100`. A promiscuous PF hears all. */
  readonly vlanIds: readonly number[];
}

/** The pool of one VF: how the PF set it, and what the driver in the VF asked for. */
export interface VfPool {
  readonly vfIndex: number;
  /** MAC that the driver in the VF, on the host or in a guest, sends from; null: no driver runs. */
  readonly effectiveMac: MacAddress | null;
  /**
   * MAC set by the PF. It is the card's filter at once, while the driver keeps the old one until it is loaded
   * again (K14).
   */
  readonly adminMac: MacAddress | null;
  /** Further MACs that the driver asks for. */
  readonly extraMacs: readonly MacAddress[];
  /** The driver asks for frames to unknown addresses. */
  readonly promiscuous: boolean;
  /** Port VLAN: put on what the VF sends, taken off what it receives. */
  readonly vlan: Vlan | null;
  /** VLANs that the driver asks for (802.1q); without effect while a port VLAN is set (igb_set_vf_vlan_msg). */
  readonly guestVlanIds: readonly number[];
  readonly spoofCheck: boolean;
  readonly trust: boolean;
  readonly linkState: LinkState;
}

/** One physical port of a card with its embedded switch, at one moment. */
export interface VebPort {
  /** `vepa`: nothing is switched inside the card, all goes out to the next switch. */
  readonly bridgeMode: 'veb' | 'vepa';
  readonly adminUp: boolean;
  readonly carrier: boolean;
  readonly pf: PfPool;
  /** Each `vfIndex` once. */
  readonly vfs: readonly VfPool[];
}

/** Who sends or receives behind a port. */
export type Endpoint = { readonly kind: 'pf' } | { readonly kind: 'vf'; readonly vfIndex: number };

/** Where a frame comes into the switch. */
export type Ingress = Endpoint | { readonly kind: 'wire' };
