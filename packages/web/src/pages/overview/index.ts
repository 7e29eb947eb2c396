// The first page: how the fleet is, and what changed last.
// Must never need more than the lists that are read at the start.
export { Overview } from './overview.tsx';
