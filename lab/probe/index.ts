// Measures how long traffic to a machine is interrupted: a ping from a network namespace of a lab host, and what its log says.
// It must never judge: which gap is too long is for the test to say.
export { measureGaps } from './measure-gaps.ts';
export { startProbe } from './traffic-probe.ts';
