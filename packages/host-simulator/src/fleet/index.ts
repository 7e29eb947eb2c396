// Machines that are known by name and fleets made from a seed.
// Never random without a seed: a failing test must be able to make its fleet again.
export { fishMachine } from './known-machines.ts';
export { type FleetShape, seededRandom, syntheticFleet } from './synthetic-fleet.ts';
