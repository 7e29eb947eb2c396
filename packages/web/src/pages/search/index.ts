// Finds hosts, PFs, VFs, ports and virtual machines by whatever of them is at hand, of what whoever looks may see.
// Must never read the lists of a fleet to look through them: the controller is asked for what matches.
export { Search } from './search.tsx';
