// One host's agent: keeps the host as it is wanted, over restarts, reboots and faults.
// Never talks to the kernel itself (that is the Host port), and never changes anything before the first full
// desired state has come.
export * from './journal/index.ts';
export * from './keeper/index.ts';
export * from './reconcile/index.ts';
export * from './ports/index.ts';
export { Agent, type AgentOptions, type Look, type Reconciled } from './agent.ts';
export type { Wanted } from './wanted.ts';
export { systemClock } from './system-clock.ts';
export * from './requests/index.ts';
export * from './domains/index.ts';
export { FilterKeeper } from './filters/index.ts';
export * from './metrics/index.ts';
export * from './traffic/index.ts';
