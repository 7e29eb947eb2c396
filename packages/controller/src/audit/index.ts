// The audit log: who did what to which object or VF, why, and with which result.
// Must never cost a request a row or a commit of its own: what a write notes in the log of changes is brought here later.
export { AuditIntake } from './audit-intake.ts';
export { audited } from './audited.ts';
export type { RequestOrigin } from './request-origin.ts';
export { viewOfStep } from './view-of-step.ts';
export { whoAsked } from './step-of-request.ts';
export { stepsTold } from './steps-told.ts';
