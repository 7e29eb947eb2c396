// Which VF a port gets: pure, from what hosts have reported and what is given out already.
// Must never touch the store, and never refuse without saying why, for each host.
export { type Choice, chooseFromFleet, chooseVf, type HostRefusal } from './choose-vf.ts';
export { HostsByLoad } from './hosts-by-load.ts';
export { describeReason, type Reason, type ReasonCode } from './reason.ts';
export type { NumaDemand, ScheduleRequest, SchedulerHost, SchedulerPf } from './request.ts';
