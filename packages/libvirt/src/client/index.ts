// libvirt as an interface that any way to it can have, and the way over its own protocol.
// Must never parse or make XML, retry a call, or remember what libvirt said.
export { detachAndWait, type DetachAndWait, type RemovalOutcome } from './detach-and-wait.ts';
export { eventsOf } from './events-of.ts';
export type {
  DomainDevices,
  DomainQuery,
  Domains,
  EventWatch,
  Libvirt,
  LibvirtEvent,
  Migrations,
  NodeDevices,
  PeerToPeerMigration,
  WatchOptions,
} from './libvirt.ts';
export { type DirectMigration, migrateDirect } from './migrate-direct.ts';
export type { RpcDevices, RpcNodeDevices } from './rpc-devices.ts';
export type { RpcDomains, SaveOptions } from './rpc-domains.ts';
export { RpcLibvirt } from './rpc-libvirt.ts';
export type { RpcMigrations } from './rpc-migrations.ts';
