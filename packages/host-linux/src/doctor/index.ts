// What is wrong with a machine, found from facts that were gathered once: one file a check.
// A check must never read the machine itself or change anything: facts in, findings out.
export { CHECKS, runDoctor } from './checks.ts';
export { type Facts, gatherFacts } from './gather-facts.ts';
