// The suite that every implementation of Host passes, on the simulator and on the real kernel.
// Must never know either: what it needs from outside the port is in HostRig.
export { hostContract } from './host-contract.ts';
export type { HostRig } from './host-rig.ts';
