// The suites that every implementation of a port passes, on the simulator and on the real thing.
// Must never know either: what they need from outside the ports is in their rigs.
export { hostContract } from './host-contract.ts';
export type { HostRig } from './host-rig.ts';
export { hypervisorContract } from './hypervisor-contract.ts';
export type { HypervisorRig } from './hypervisor-rig.ts';
export { packetFiltersContract } from './packet-filters-contract.ts';
export type { PacketFiltersRig, RigVf } from './packet-filters-rig.ts';
