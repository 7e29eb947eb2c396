// The heart: from what is wanted and what is seen to the steps between them, and what those would cost whom.
// Never touches the world: no clock, no I/O, no log.
export { type BlastRadius, blastRadiusOf, describeLoss, type Loss } from './blast-radius.ts';
export { closedProblems } from './close-vf.ts';
export { describeStep } from './describe-step.ts';
export { errorOfRefusal, isAboutFdb, isAboutMac, type Plan, type Refusal } from './plan.ts';
export { plan } from './plan-host.ts';
export {
  type FdbStep,
  type HostStep,
  isFdbStep,
  isJournalStep,
  isVfStep,
  type JournalStep,
  type PfStep,
  type Step,
  type VfJournalStep,
  type VfSetting,
  type VfStep,
} from './step.ts';
export { findUnmetDemand, type UnmetDemand } from './vf-demands.ts';
