// Standing trouble of a host: found by doctor and agent, shown the same everywhere.
// Never an error of a request: those are in errors/.
export { FINDING_TABLE, type FindingCode, type Severity } from './finding-table.ts';
export { findingsOfPlan } from './findings-of-plan.ts';
export { type Finding, finding } from './finding.ts';
