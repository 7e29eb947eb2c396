// The controller's state in a database: SQLite here, with a schema that PostgreSQL shares.
// Never answers before what it answers is on the disk; never builds SQL from text.
export { openSqliteDialect } from './sqlite-dialect.ts';
export { Store, type StoredHost } from './store.ts';
