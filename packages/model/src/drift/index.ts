// Where a host differs from what is wanted of it, value by value, for people.
// Never decides what to do about it: that is plan/.
export { type Drift, driftOf } from './drift.ts';
