// The real services that tests run against: PostgreSQL and Keystone, each private to one test and gone with it; and the
// real checker of what Prometheus reads.
// Must never touch a service or a configuration of the machine itself, and is never part of a program.
export { type DatabaseRig, DATABASES } from './databases.ts';
export { type Keystone, skipWithoutKeystone, startKeystone } from './keystone.ts';
export { skipWithoutPostgres, startPostgres } from './postgres.ts';
export { exposedMetrics, runPromtool, skipWithoutPromtool } from './promtool.ts';
export { ANY_STEP } from './any-step.ts';
