// The socket: one connection to a daemon, or one that comes back, with calls in flight, limits and pings.
// Must never know what a call means beyond its first words, retry a call, or wait without a limit that the caller chose.
export type { CallOptions, Connection, ConnectionListener } from './connection.ts';
export type { KeepAliveOptions } from './keep-alive.ts';
export { LibvirtConnection, type OpenOptions } from './libvirt-connection.ts';
export { LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable, type Refusal } from './libvirt-error.ts';
export {
  type ConnectionStatus,
  ReconnectingConnection,
  type ReconnectOptions,
} from './reconnecting-connection.ts';
export { socketPathsOf } from './socket-path.ts';
