// The machine as sysfs and procfs show it, below any root: this machine, a snapshot of another, a tree of a test.
// Never writes, never needs more than reading rights, and never fails on what it finds: what cannot be read is null.
// Settings of VFs, eswitch mode and firmware are the drivers' to tell by sockets, and null here.
export { readNumaNodes } from './numa-nodes.ts';
export { readPfs, readPfAt, readPfsWith } from './read-pfs.ts';
export { readVfCount, type VfCount } from './read-vf-count.ts';
