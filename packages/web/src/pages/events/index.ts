// Who did what, and with which result.
// Must never reword what the audit log says.
export { Events } from './events.tsx';
export { StepTable } from './step-table.tsx';
