// Reads the values of requests, with Neutron's reasons where they cannot be taken.
// Must not know which attribute or resource a value is of.
export * from './addresses.ts';
export { InvalidValue, type ParseValue } from './invalid-value.ts';
export * from './lists.ts';
export * from './scalars.ts';
