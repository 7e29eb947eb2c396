import type { MacAddress, Vlan } from '@virtfn/model';
import type { VebPort, VfPool } from './veb-port.ts';

/** Whether frames can pass the port's connector. */
export function isWireOpen(port: VebPort): boolean {
  return port.adminUp && port.carrier;
}

/**
 * Whether the PF sends and receives. Without carrier the kernel takes the queue away and a bridge disables the
 * port, so the PF is closed even for its own VFs.
 */
export function isPfOpen(port: VebPort): boolean {
  return isWireOpen(port);
}

/**
 * Whether the VF sends and receives.
 *
 * Known: igb closes all VFs with the PF (igb_down calls igb_reset, which writes 0 to VFTE and VFRE), so an
 * 82576 whose PF is down has no local loopback either, and the kernel log says "Bring the PF device up before
 * attempting to use the VF device". Chosen: the same for all cards, though some may let their VFs go on; and
 * that a VF without carrier also receives nothing.
 */
export function isVfOpen(port: VebPort, vf: VfPool): boolean {
  if (!port.adminUp || vf.effectiveMac === null) return false;
  switch (vf.linkState) {
    case 'disable':
      return false;
    case 'enable':
      return true;
    case 'auto':
      return port.carrier;
  }
}

/**
 * The unicast addresses that the card sends to this VF's pool, open or closed: closing a VF leaves the filters of
 * its PF, so frames to a closed VF are lost and do not leave on the wire (in QEMU, where VFRE is looked at last; not
 * tried on a card).
 *
 * A driver may add addresses to its own unless the PF has set one and does not trust it ("requested MAC filter
 * but is administratively denied", igb_set_vf_mac_filter).
 */
export function vfMacs(vf: VfPool): readonly MacAddress[] {
  const own = vf.adminMac ?? vf.effectiveMac;
  const mayAdd = vf.effectiveMac !== null && (vf.adminMac === null || vf.trust);
  const extra = mayAdd ? vf.extraMacs : [];
  return own === null ? [] : [own, ...extra];
}

/** The unicast addresses that the card sends to the PF's pool. Being promiscuous adds none. */
export function pfMacs(port: VebPort): readonly MacAddress[] {
  return [...port.pf.macs, ...port.pf.fdbMacs];
}

/** Whether the VF receives frames with this tag (VLVF for tagged ones, VMOLR.AUPE for those without). */
export function isVfInVlan(vf: VfPool, tag: Vlan | null): boolean {
  if (vf.vlan !== null) return tag !== null && tag.id === vf.vlan.id && tag.proto === vf.vlan.proto;
  return tag === null || (tag.proto === '802.1q' && vf.guestVlanIds.includes(tag.id));
}

/** Whether the PF receives frames with this tag; promiscuous, it is in all VLANs (igb_vlan_promisc_enable). */
export function isPfInVlan(port: VebPort, tag: Vlan | null): boolean {
  if (tag === null || port.pf.promiscuous) return true;
  return tag.proto === '802.1q' && port.pf.vlanIds.includes(tag.id);
}
