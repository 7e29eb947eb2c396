// The port to one host: what the agent may ask of a machine, whichever machine it is.
// Must never hold a machine: those are host-linux and host-simulator, and both pass the suite in contract/.
export { applyOneByOne } from './apply-one-by-one.ts';
export { type CountedVf, countersOfVf } from './counters-of-vf.ts';
export type { Clock, Host, HostEvent, HostReader, SettingOutcome, SettingStep } from './host.ts';
export type {
  HostCounters,
  InterfaceCounters,
  PfCounters,
  TrafficCounters,
  VfCounters,
} from './host-counters.ts';
export type {
  DomainStepOutcome,
  Hypervisor,
  HypervisorEvent,
  ListedDomain,
  Migration,
  MigrationProgress,
} from './hypervisor.ts';
export type { PacketFilters } from './packet-filters.ts';
export { type Errno, kernelRefusal, type RefusalFacts } from './kernel-refusal.ts';
export { noSuchVf, refuseIfHeld } from './step-refusals.ts';
export { mayCountVfs, trustedVfCounters } from './trusted-vf-counters.ts';
