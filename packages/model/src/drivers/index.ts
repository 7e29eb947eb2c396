// What each kernel driver can do, as data with its source.
// Never holds a second place that asks for a driver's name: all other code asks the capability.
export {
  type DriverCapability,
  type FdbRules,
  type RateRules,
  SECURITY_ATTRIBUTES,
  type Support,
  type SwitchdevRules,
  VF_ATTRIBUTES,
  type VfAttribute,
} from './capability.ts';
export { capabilityOfDriver, DRIVER_TABLE } from './driver-table.ts';
export { isVfioDriver } from './vfio-driver.ts';
export { effectiveCapability, maxVfsOf } from './effective-capability.ts';
export { type ModuleOption, parseModuleOption } from './module-option.ts';
