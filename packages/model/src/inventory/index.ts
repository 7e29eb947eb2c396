// What a host has: PFs and VFs as the kernel shows them.
// Never holds wishes (desired/) or what could be (drivers/).
export { describeVfUser, findPf, getPf, getPfByName, getVf, vfOwners } from './lookup.ts';
export type { NumaNode } from './numa-node.ts';
export type {
  EswitchMode,
  FdbClaim,
  ObservedHost,
  OrphanedAttachment,
  PhysicalFunction,
} from './physical-function.ts';
export type { LinkState, VfRef, VfSettings, VfUser, VirtualFunction } from './virtual-function.ts';
