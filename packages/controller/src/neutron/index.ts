// Neutron's API v2.0, as stock clients know it: documents, resources, policy, bindings.
// Must never reach a host: what a host shall make of a port is written to the store, and its agent is told from there.
export { explainPort, listAttachments } from './binding/explain.ts';
export { localPortsOf } from './binding/local-ports.ts';
export { takeOutcomes } from './binding/outcomes.ts';
export type { Fleet, FleetHost, FleetPf } from './fleet.ts';
export * from './http/index.ts';
export type { NeutronSettings } from './settings.ts';
