// The port to one host: what the agent may ask of a machine, whichever machine it is.
// Holds no machine: those are host-linux and host-simulator, and both pass the suite in contract/.
export { describeStep } from './describe-step.ts';
export type { Clock, Host, HostEvent } from './host.ts';
export { type Errno, kernelRefusal, type RefusalFacts } from './kernel-refusal.ts';
