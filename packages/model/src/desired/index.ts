// What is wanted of a host: PFs, their VFs, and which attachments each VF serves.
// Never says how to get there: that is plan/.
export { checkDesiredHost } from './check-desired.ts';
export type { DesiredHost, DesiredPf, DesiredVf, DesiredVfSettings, VfDriver } from './desired-host.ts';
