// The controller's state in a database, SQLite or PostgreSQL: documents, claims, counters, and the log of changes.
// Never answers before what it answers is on the disk; never builds SQL from text.
export * from './agents.ts';
export * from './asked-writes.ts';
export * from './audience.ts';
export { type Change, readRevision } from './changes.ts';
export * from './claims.ts';
export * from './counters.ts';
export { type Database, openDatabase } from './databases/index.ts';
export * from './desired-ports.ts';
export * from './enrolments.ts';
export * from './fleet-authority.ts';
export * from './hosts.ts';
export * from './local-ports.ts';
export * from './log-positions.ts';
export { pagesOfObjects } from './object-pages.ts';
export * from './objects.ts';
export * from './prune.ts';
export * from './removed-hosts.ts';
export type { Schema } from './schema.ts';
export * from './steps.ts';
export { Store, type StoreOptions } from './store.ts';
export { dropToken, putToken, TOKEN_CHANGE, tokenTable } from './tokens.ts';
export type { Write } from './write-queue.ts';
