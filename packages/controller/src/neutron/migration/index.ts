// Live migrations: a machine goes from host to host with its ports, as its two agents say how far they are.
// Must never send a machine before all of its ports have their VFs at the destination, nor move a binding before the
// destination has said that they work there. All state is in documents: any controller takes the next step.
export { cancelMigration } from './cancel-migration.ts';
export { findMigrations, getMigration } from './find-migrations.ts';
export { giveUpMigrationsTo } from './lost-destination.ts';
export { startMigration } from './start-migration.ts';
export { takeOutcomes } from './take-outcomes.ts';
