// What the controller says of hosts, and plans for them that change nothing.
// Never reaches a host: it answers from what agents reported.
export { findMachine, findMachineId } from './find-machine.ts';
export { listMigrations, viewOfMigration } from './migration-views.ts';
export { inviteHost } from './invite-host.ts';
export { LiveFleet } from './live-fleet.ts';
export { isRemoved } from './require-member.ts';
export { StoreFleetBackend } from './store-fleet-backend.ts';
export { getVf, listAllocations, listAttachments, listVfs, viewOfAttachment } from './vf-lists.ts';
