// Who may plan for a host and change it: one at a time, for one request or for a life.
// Must never hand the reconciler to two at once.
export type { Keeper } from './keeper.ts';
export { OneTimeKeeper, type OneTimeKeeperOptions } from './one-time-keeper.ts';
export { SharedKeeper } from './shared-keeper.ts';
