import { parseAddress } from '../wire/address.ts';
import { AttributeWriter } from '../wire/attribute-writer.ts';
import { MessageFlag, type NetlinkRequest } from '../wire/message.ts';
import { ifInfo } from './headers.ts';
import { Family, IFLA_VF_INFO, IFLA_VF_VLAN_INFO, Ifla, IflaVf, Rtm, vfLinkStates } from './uapi.ts';
import type { VfLinkState } from './vf-info.ts';

/**
 * One attribute of a VF to set through its PF.
 * - 'mac': all zeros takes the address back, on drivers that know that.
 * - 'vlan': id 0 to 4095, qos 0 to 7; id 0 with qos 0 is no VLAN.
 * - 'rate': Mbit/s, null is none. The kernel sets both at once.
 */
export type VfAttribute =
  | { readonly kind: 'mac'; readonly mac: string }
  | { readonly kind: 'vlan'; readonly id: number; readonly qos: number; readonly proto: '802.1q' | '802.1ad' }
  | { readonly kind: 'rate'; readonly minTxRateMbps: number | null; readonly maxTxRateMbps: number | null }
  | { readonly kind: 'spoof-check'; readonly enabled: boolean }
  | { readonly kind: 'trust'; readonly enabled: boolean }
  | { readonly kind: 'link-state'; readonly state: VfLinkState };

/** MAX_ADDR_LEN, which is what struct ifla_vf_mac holds. */
const MAX_ADDRESS = 32;

/**
 * RTM_SETLINK with one attribute of one VF. One, because the kernel applies several in an order of its own and stops at
 * the first it refuses, with those before it done (do_setvfinfo in net/core/rtnetlink.c).
 *
 * @throws {RangeError} when a value does not fit
 */
export function encodeSetVf(ifIndex: number, vfIndex: number, attribute: VfAttribute): NetlinkRequest {
  const payload = new AttributeWriter().raw(ifInfo(Family.unspecified, ifIndex));
  payload.nest(Ifla.vfInfoList, (list) =>
    list.nest(IFLA_VF_INFO, (vf) => {
      writeAttribute(vf, vfIndex, attribute);
    }),
  );
  return { type: Rtm.setLink, flags: MessageFlag.ack, payload: payload.finish() };
}

/** Structs of include/uapi/linux/if_link.h, each starting with the u32 index of the VF. */
function writeAttribute(to: AttributeWriter, vfIndex: number, attribute: VfAttribute): void {
  switch (attribute.kind) {
    case 'mac': {
      const address = new Uint8Array(MAX_ADDRESS);
      address.set(parseAddress(attribute.mac));
      to.u32s(IflaVf.mac, [vfIndex], address);
      break;
    }
    case 'vlan': {
      const { id, qos, proto } = attribute;
      if (!(id >= 0 && id <= 4095)) throw new RangeError(`Cannot encode VLAN ${id}: not from 0 to 4095`);
      if (!(qos >= 0 && qos <= 7))
        throw new RangeError(`Cannot encode VLAN priority ${qos}: not from 0 to 7`);
      // Big-endian protocol, and two bytes of padding at the end of the struct.
      const tail = proto === '802.1q' ? [0x81, 0x00, 0, 0] : [0x88, 0xa8, 0, 0];
      to.nest(IflaVf.vlanList, (vlans) =>
        vlans.u32s(IFLA_VF_VLAN_INFO, [vfIndex, id, qos], Uint8Array.from(tail)),
      );
      break;
    }
    case 'rate':
      to.u32s(IflaVf.rate, [vfIndex, attribute.minTxRateMbps ?? 0, attribute.maxTxRateMbps ?? 0]);
      break;
    case 'spoof-check':
      to.u32s(IflaVf.spoofCheck, [vfIndex, Number(attribute.enabled)]);
      break;
    case 'trust':
      to.u32s(IflaVf.trust, [vfIndex, Number(attribute.enabled)]);
      break;
    case 'link-state':
      to.u32s(IflaVf.linkState, [vfIndex, vfLinkStates.indexOf(attribute.state)]);
      break;
  }
}
