// From a desired state to a host that is so: observe, plan, apply, observe.
// Never decides what is wanted, and never trusts that a step did what it said.
export { desiredWithJournal, type Learnt, withJournal } from './merge-journal.ts';
export {
  Reconciler,
  type PlanOptions,
  type ReconcileOptions,
  type ReconcileReport,
  type StepRecord,
  type TimePlan,
} from './reconciler.ts';
export { type StepCause, type StepWords, stepWords } from './step-words.ts';
