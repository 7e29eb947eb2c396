// Generic netlink: finding a family by its name, and devlink: eswitch, ports, rates, firmware.
// Must never send anything, and never assume a number of a family: the kernel gives it out at boot.
export {
  type DevlinkDevice,
  type DevlinkInfo,
  decodeDevlinkDevice,
  decodeDevlinkInfo,
  encodeGetDevlinkInfo,
  encodeListDevlinkDevices,
} from './devlink-device.ts';
export {
  decodeEswitch,
  type Eswitch,
  type EswitchChange,
  type EswitchInlineMode,
  type EswitchMode,
  encodeGetEswitch,
  encodeSetEswitch,
} from './devlink-eswitch.ts';
export type { DevlinkHandle, DevlinkPortHandle } from './devlink-handle.ts';
export {
  type DevlinkPort,
  decodeDevlinkPort,
  encodeGetDevlinkPort,
  encodeListDevlinkPorts,
  type PortFlavour,
} from './devlink-port.ts';
export {
  type DevlinkRate,
  decodeDevlinkRate,
  encodeGetDevlinkRate,
  encodeListDevlinkRates,
  encodeSetDevlinkRate,
  type RateChange,
} from './devlink-rate.ts';
export { decodeFamily, encodeGetFamily, type GenericFamily } from './family.ts';
