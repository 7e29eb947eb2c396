// What a controller does from time to time beside answering: it brings requests into the audit log, and forgets what is old.
// Must never be needed for an answer to be right: every controller of a database may do it, or none for a while.
export { Housekeeping, type RetentionLimits } from './housekeeping.ts';
