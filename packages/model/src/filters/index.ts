// What may pass a port, and the plan between the filters that are wanted on VFs and those that are there.
// Must never know how a host filters, or what a security group is: groups are the controller's.
export { flowLimits, protocolsWithPorts } from './flow-limits.ts';
export {
  describeFilterStep,
  type FilterStep,
  type ObservedFilter,
  planFilters,
  type WantedFilter,
} from './plan-filters.ts';
export type { FilterMatch, FilterRule, FilterSource, PortFilter, PortRange } from './port-filter.ts';
