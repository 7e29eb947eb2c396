import { isGroupMac, SriovError } from '@virtfn/model';
import type { Frame } from './frame.ts';
import { isPfInVlan, isPfOpen, isVfInVlan, isVfOpen, isWireOpen, pfMacs, vfMacs } from './pool-filters.ts';
import { transmitFromVf } from './transmit.ts';
import type { Endpoint, Ingress, VebPort, VfPool } from './veb-port.ts';

/** Why nobody got a frame. */
export type DropReason =
  /** The source address is not one of the VF's (spoof check). */
  | 'spoofed-mac'
  /** The tag is not one that the VF may send (spoof check). */
  | 'spoofed-vlan'
  /** The sender is closed, or the only way out is a wire without carrier. */
  | 'link-down'
  /** The address is a pool's of this card, and that pool is closed. */
  | 'receiver-closed'
  /** The address is a pool's of this card, and that pool is not in the frame's VLAN. */
  | 'wrong-vlan'
  /** No pool wants the frame, or only the sender has the address. */
  | 'no-listener';

/** A frame as it looks where it arrives. */
export type SwitchedFrame = (Endpoint | { readonly kind: 'wire' }) & { readonly frame: Frame };

/** `dropped` tells why if and only if `to` is empty. */
export interface Delivery {
  readonly to: readonly SwitchedFrame[];
  readonly dropped: { readonly reason: DropReason } | null;
}

/** One receive pool, PF's or VF's, as this frame meets it. */
interface Pool {
  readonly endpoint: Endpoint;
  readonly isSender: boolean;
  readonly isOpen: boolean;
  readonly isInVlan: boolean;
  readonly hasMac: boolean;
  readonly takesUnknown: boolean;
  readonly received: Frame;
}

/**
 * Switches one frame through the card as an 82576 does, so far as QEMU's model of it shows (hw/net/igb_core.c,
 * igb_receive_assign and igb_tx_pkt_vmdq_callback, after section 7.10.3 of the datasheet) and drivers set it up.
 *
 * Holds: a frame never comes back to its sender (the cards' LLE bits, which drivers leave off); a frame from the wire
 * never leaves on the wire; a unicast frame from inside leaves on the wire only if no pool of this card has its
 * address. Promiscuous pools get what comes from the wire for nobody, and nothing of what is sent inside the card: so
 * a VF does not reach a MAC behind a bridge over its own PF unless the PF has an FDB entry for it.
 *
 * Chosen, not known: every open pool of the VLAN gets all multicast (cards filter by hash); a frame for a known MAC in
 * another VLAN is lost and does not go to the wire (as in QEMU).
 *
 * @throws {SriovError} VF_INDEX_INVALID when `ingress` names a VF that the port does not have
 */
export function switchFrame(port: VebPort, ingress: Ingress, frame: Frame): Delivery {
  if (ingress.kind === 'vf') {
    const vf = getVfPool(port, ingress.vfIndex);
    if (!isVfOpen(port, vf)) return drop('link-down');
    const result = transmitFromVf(vf, frame);
    return result.kind === 'spoofed' ? drop(result.reason) : forward(port, ingress, result.frame);
  }
  // The PF is never checked for spoofing: it sends for everybody on its bridge (igb_vmdq_set_anti_spoofing_pf).
  const isOpen = ingress.kind === 'pf' ? isPfOpen(port) : isWireOpen(port);
  return isOpen ? forward(port, ingress, frame) : drop('link-down');
}

function forward(port: VebPort, ingress: Ingress, frame: Frame): Delivery {
  const isFromWire = ingress.kind === 'wire';
  const isGroup = isGroupMac(frame.dstMac);
  const pools = isFromWire || port.bridgeMode === 'veb' ? poolsOf(port, ingress, frame) : [];
  const addressed = isGroup ? pools : pools.filter((pool) => pool.hasMac);
  const selected = addressed.filter((pool) => !pool.isSender && pool.isInVlan);
  const unknown = isFromWire && selected.length === 0 && !isGroup;
  const chosen = unknown ? pools.filter((pool) => pool.takesUnknown && pool.isInVlan) : selected;
  const to: SwitchedFrame[] = chosen
    .filter((pool) => pool.isOpen)
    .map((pool) => ({ ...pool.endpoint, frame: pool.received }));

  const wantsWire = !isFromWire && (isGroup || addressed.length === 0);
  if (wantsWire && isWireOpen(port)) to.push({ kind: 'wire', frame });
  if (to.length > 0) return { to, dropped: null };
  if (wantsWire) return drop('link-down');
  if (chosen.length > 0) return drop('receiver-closed');
  return drop(!isGroup && addressed.some((pool) => !pool.isSender) ? 'wrong-vlan' : 'no-listener');
}

function poolsOf(port: VebPort, ingress: Ingress, frame: Frame): readonly Pool[] {
  const pf: Pool = {
    endpoint: { kind: 'pf' },
    isSender: ingress.kind === 'pf',
    isOpen: isPfOpen(port),
    isInVlan: isPfInVlan(port, frame.vlan),
    hasMac: pfMacs(port).some((mac) => mac === frame.dstMac),
    takesUnknown: port.pf.promiscuous,
    received: frame,
  };
  const vfs = port.vfs.map(
    (vf): Pool => ({
      endpoint: { kind: 'vf', vfIndex: vf.vfIndex },
      isSender: ingress.kind === 'vf' && ingress.vfIndex === vf.vfIndex,
      isOpen: isVfOpen(port, vf),
      isInVlan: isVfInVlan(vf, frame.vlan),
      hasMac: vfMacs(vf).some((mac) => mac === frame.dstMac),
      takesUnknown: vf.promiscuous && vf.trust,
      received: vf.vlan === null ? frame : { ...frame, vlan: null },
    }),
  );
  return [...vfs, pf];
}

function drop(reason: DropReason): Delivery {
  return { to: [], dropped: { reason } };
}

function getVfPool(port: VebPort, vfIndex: number): VfPool {
  const vf = port.vfs.find((each) => each.vfIndex === vfIndex);
  if (vf !== undefined) return vf;
  const known = port.vfs.map((each) => `${each.vfIndex}`);
  throw new SriovError(
    'VF_INDEX_INVALID',
    `Cannot send from VF ${vfIndex}: the port has ${known.length === 0 ? 'no VFs' : `VFs ${known.join(', ')}`}`,
    { details: { vfIndex, known } },
  );
}
