// Neutron's API v2.0, as stock clients know it: documents, resources, policy, bindings.
// Must never reach a host: what a host shall make of a port is written to the store, and its agent is told from there.
export {
  ATTACHMENT_CHANGE,
  attachPort,
  detachPort,
  explainPort,
  findAttachments,
  localPortsOf,
  placePort,
  portsOfHost,
  readAttachments,
} from './binding/index.ts';
export {
  cancelMigration,
  findMigrations,
  getMigration,
  giveUpMigrationsTo,
  startMigration,
  takeOutcomes,
} from './migration/index.ts';
export { inOurWords } from './in-our-words.ts';
export type { AttachmentDocument, MigrationDocument, PortDocument } from './documents/index.ts';
export type { Fleet, FleetHost } from './fleet.ts';
export * from './http/index.ts';
export { type Reader, shownObject } from './shown-object.ts';
export type { NeutronSettings } from './settings.ts';
