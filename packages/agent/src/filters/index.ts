// What may pass the ports of this host: keeps the packet filters of their VFs.
// Must never let go of the filter of a VF that an attachment has, unless that very attachment is wanted without one.
export { type FilterFailures, FilterKeeper, type FilterWish } from './filter-keeper.ts';
