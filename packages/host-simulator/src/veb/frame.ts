import type { MacAddress, Vlan } from '@virtfn/model';

export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';

/** What a switch looks at in an Ethernet frame. */
export interface Frame {
  readonly srcMac: MacAddress;
  /** Unicast, multicast or broadcast: six lower-case pairs with colons. */
  readonly dstMac: string;
  /**
   * The tag on the frame; null for none. A priority tag (id 0) counts as none, as it does on the card: igb
   * keeps VLAN 0 open for untagged VFs (igb_disable_port_vlan). Two tags on one frame are not modelled.
   */
  readonly vlan: Vlan | null;
}
