// Standing trouble of a host: found by doctor and agent, shown the same everywhere.
// Never an error of a request: those are in errors/.
export { FINDING_TABLE, type Finding, type FindingCode, finding, type Severity } from './finding.ts';
