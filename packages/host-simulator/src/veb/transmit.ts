import type { Frame } from './frame.ts';
import { vfMacs } from './pool-filters.ts';
import type { VfPool } from './veb-port.ts';

export type TransmitResult =
  | { readonly kind: 'sent'; readonly frame: Frame }
  | { readonly kind: 'spoofed'; readonly reason: 'spoofed-mac' | 'spoofed-vlan' };

/**
 * What becomes of a VF's frame on its way into the switch: anti-spoof, then the port VLAN's tag.
 *
 * The spoof check covers MAC and VLAN together (igb_ndo_set_vf_spoofchk sets both bits in DTXSWC): the source must be a
 * filter of this VF, the tag one of its VLANs. With a port VLAN, any tag from inside is a forgery; that this also holds
 * for the same id is our choice, after i40e, whose port VLANs take untagged frames only.
 * Without spoof check the port VLAN replaces the tag (VMVIR "always insert default VLAN", igb_set_vmvir), so a VF
 * never leaves its VLAN.
 */
export function transmitFromVf(vf: VfPool, frame: Frame): TransmitResult {
  if (vf.spoofCheck) {
    if (!vfMacs(vf).includes(frame.srcMac)) return { kind: 'spoofed', reason: 'spoofed-mac' };
    if (frame.vlan !== null && !mayTag(vf, frame)) return { kind: 'spoofed', reason: 'spoofed-vlan' };
  }
  return { kind: 'sent', frame: vf.vlan === null ? frame : { ...frame, vlan: vf.vlan } };
}

function mayTag(vf: VfPool, frame: Frame): boolean {
  return (
    vf.vlan === null &&
    frame.vlan !== null &&
    frame.vlan.proto === '802.1q' &&
    vf.guestVlanIds.includes(frame.vlan.id)
  );
}
