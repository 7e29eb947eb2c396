// What the pages show: the fleet as the controller tells it, kept up to date by its stream of events.
// Must never show anything that the controller has not said, nor pretend to be fresh when it is not.
export { Fleet, type HostDetail, type HostRow, type Link } from './fleet.ts';
export { fetchStreamTransport, fetchTransport } from './fetch-transport.ts';
