// A real Linux machine: its PFs and VFs read from the kernel, and why it has none.
// Must never answer from memory: every look reads the kernel anew (invariant 4).
export { openLinuxCounters } from './counters/index.ts';
export { collectSnapshot, type Facts, gatherFacts, runDoctor } from './doctor/index.ts';
export { type HypervisorOptions, openLibvirtHypervisor } from './hypervisor/index.ts';
export { LinuxHost, type LinuxHostOptions, openLinuxHost } from './linux-host.ts';
export { MachineExaminer } from './machine-examiner.ts';
export { LinuxHostReader, type LinuxHostReaderOptions } from './linux-host-reader.ts';
export { describeNodeDevice } from './node-device/index.ts';
export { readMachine } from './look/index.ts';
export { NftPacketFilters, type NftProgram } from './packet-filters/index.ts';
