// How ports come to VFs: what a binding asks for, the choice, the claim, and what hosts are told and tell.
// Must never make a port ACTIVE on its own: only what a host has read back does.
export { attachPort } from './attach-port.ts';
export { detachPort } from './detach-port.ts';
export { explainPort } from './explain.ts';
export { ATTACHMENT_CHANGE, findAttachments, readAttachments } from './find-attachments.ts';
export { localPortsOf } from './local-ports.ts';
export { type MigrationNews, takeOutcome } from './outcomes.ts';
export { placePort } from './place-port.ts';
export { portsOfHost } from './ports-of-host.ts';
