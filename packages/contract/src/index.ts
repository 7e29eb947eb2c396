// The wire: what crosses a border between processes, with schemas, and a typed client.
// Never holds behaviour of a server or of a screen. host-config is not here: its YAML parser would cost every command
// line 57 ms.
export * from './client/index.ts';
export { ERROR_STATUS } from './error-status.ts';
export type {
  FleetStatusDocument,
  HostConfigEdit,
  HostProgramEvent,
  HostRequest,
  VfChanges,
} from './host-program/index.ts';
export type { HostReport, ReportedMachine } from './host-report.ts';
export {
  isLoopback,
  type ListenAddress,
  parseListenAddress,
  parseLoopbackAddress,
} from './listen-address.ts';
export * from './v1/index.ts';
