// The operations of `/virtfn/v1`, by the contract's table.
// Must not know HTTP: it is handed what was read from a request, and answers documents.
export { createHandlers } from './handlers.ts';
