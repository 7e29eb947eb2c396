// The wire: what crosses a border between processes, with schemas, and a typed client.
// Never holds behaviour of a server or of a screen. host-config is not here: its YAML parser would cost every command
// line 57 ms.
export * from './client/index.ts';
export { ERROR_STATUS } from './error-status.ts';
export { HOST_REQUESTS, type HostProgramEvent, type HostRequest } from './host-program.ts';
export type { HostReport } from './host-report.ts';
export * from './v1/index.ts';
