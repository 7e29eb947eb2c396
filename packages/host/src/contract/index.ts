// The suites that every implementation of Host and of Hypervisor passes, on the simulator and on the real thing.
// Must never know either: what they need from outside the ports is in HostRig and HypervisorRig.
export { hostContract } from './host-contract.ts';
export type { HostRig } from './host-rig.ts';
export { hypervisorContract } from './hypervisor-contract.ts';
export type { HypervisorRig } from './hypervisor-rig.ts';
