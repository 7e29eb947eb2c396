// PCI addresses and ids: parsed once at the border, compared and computed with everywhere else.
// Never reads the machine.
export { type DeviceFacts, type DeviceSpec, parseDeviceSpecs } from './device-spec.ts';
export {
  comparePciAddresses,
  type PciAddress,
  type PciAddressParts,
  parsePciAddress,
  pciAddressParts,
  vfPciAddress,
} from './pci-address.ts';
export { type PciId, parsePciId } from './pci-id.ts';
