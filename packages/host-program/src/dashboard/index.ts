// The dashboard of one host, served by its agent to whoever sits at this machine: the files, and what `/virtfn/v1` says of the host.
// Must never change anything, ask the kernel more than the agent does, or answer anybody who is not on this machine: there is
// no sign-in, and the process is root's.
export { wordsOfDomainStep, wordsOfStep } from './audit-step.ts';
export { SeenHost } from './seen-host.ts';
export { serveDashboard } from './serve-dashboard.ts';
