// What operators and broken machines may hand us, at random and the same for the same seed: host.yaml, the files of other
// programs, trees of sysfs, VPD. A target must never pass an input that throws anything but SriovError, or takes long.
export { fuzzHostYaml } from './host-yaml.fuzz.ts';
export { fuzzImports } from './imports.fuzz.ts';
export { fuzzSerialNumbers } from './serial-numbers.fuzz.ts';
export { fuzzSysfs } from './sysfs.fuzz.ts';
