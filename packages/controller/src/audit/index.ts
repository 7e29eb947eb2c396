// The audit log: who did what to which object or VF, why, and with which result.
// Must never cost a commit of its own for a request: its entry is part of the write that it is about.
export { stepsTold } from './steps-told.ts';
