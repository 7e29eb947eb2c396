// What security groups let pass a port whose host filters packets.
// Must never be asked to tell hosts: bindings do. A port that nobody filters has its groups kept and shown, and that is all.
export { explainSecurity } from './explain-security.ts';
export { canBeFiltered } from './filtered-kinds.ts';
export {
  addressesRef,
  FilterReader,
  type FilterOfPort,
  groupRef,
  membersRef,
  readFilter,
} from './read-filter.ts';
