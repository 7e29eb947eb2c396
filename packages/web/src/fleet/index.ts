// What the pages show: a fleet, or one host, as what serves them tells it, kept up to date by its stream of events.
// Must never show anything that was not said there, nor pretend to be fresh when it is not.
export { Fleet, type FleetListener, type HostDetail, type HostRow, type Link } from './fleet.ts';
export { joinedSteps } from './joined-steps.ts';
export { fetchStreamTransport, fetchTransport } from './fetch-transport.ts';
export type { Viewer } from './viewer.ts';
