// What the checks look at, one file an area, read below a root: this machine, a snapshot, a tree of a test.
// Must never judge, never start a program, and never read but through the reader: a snapshot holds what it read.
export { type Facts, gatherFacts, gatherFactsWith } from './gather-facts.ts';
export { KERNEL_LOG_FILE } from './kernel.ts';
export type { NetworkFunction } from './network-functions.ts';
