// The agent's work on one host as a program that does one thing and ends, for hosts without a daemon.
// Must never keep anything in memory for the next run: the journal and the kernel hold all of it.
export { type HostProgramOptions, runHostProgram } from './host-program.ts';
