// Steps on a real machine: one file a kind of change, each written, then read back.
// Must never believe a successful write, and never write where the kernel would wait for somebody (K4).
export { applyStep } from './apply-step.ts';
export { applySettings } from './set-vf.ts';
export type { StepContext } from './step-context.ts';
