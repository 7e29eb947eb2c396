// Exchanges with a real Neutron, played to ours: what is different is in one table, with its reasons.
// Must never be imported by a program: it is for tests.
export { recordedHost } from './recorded-fleet.ts';
