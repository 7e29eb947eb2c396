// What a controller measures: requests, writes, and how many hosts, agents and ports there are.
// Must never name a project, a port or a host in what everybody may read: that is `portInfo` alone, for administrators.
export { CONTROLLER_METRICS } from './catalog.ts';
export { ControllerMetrics, type ServedRequest } from './controller-metrics.ts';
