// What is wrong with a machine: facts are gathered once, each check looks at them, and a snapshot carries them elsewhere.
// Must never change anything on the machine but the folder that a snapshot is written to.
export { collectSnapshot } from './collect/index.ts';
export { type Facts, gatherFacts } from './facts/index.ts';
export { runDoctor } from './run-doctor.ts';
