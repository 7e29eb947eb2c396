// Addresses and VLANs of Ethernet frames.
// Never holds what a card does with them: that is the capability table and the simulator's switch.
export {
  isGroupMac,
  type MacAddress,
  heldMac,
  isHeldMac,
  PLACEHOLDER_MAC,
  parseMacAddress,
  ZERO_MAC,
} from './mac-address.ts';
export { formatVlan, isSameVlan, parseVlan, type Vlan, type VlanProtocol } from './vlan.ts';
