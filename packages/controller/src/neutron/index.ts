// Neutron's API v2.0, as stock clients know it: documents, resources, policy, bindings.
// Must never reach a host: what a host shall make of a port is written to the store, and its agent is told from there.
export {
  ATTACHMENT_CHANGE,
  explainPort,
  findAttachments,
  localPortsOf,
  placePort,
  readAttachments,
  takeOutcomes,
} from './binding/index.ts';
export type { AttachmentDocument, PortDocument } from './documents/index.ts';
export type { Fleet, FleetHost } from './fleet.ts';
export * from './http/index.ts';
export { type Reader, shownObject } from './shown-object.ts';
export type { NeutronSettings } from './settings.ts';
