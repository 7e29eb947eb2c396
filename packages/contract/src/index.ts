// The wire: what crosses a border between processes, with schemas, and a typed client.
// Never holds behaviour of a server or of a screen.
export * from './client/index.ts';
export * from './host-config/index.ts';
export { ERROR_STATUS } from './error-status.ts';
export type { HostReport } from './host-report.ts';
export * from './v1/index.ts';
