// Finds hosts, PFs, VFs, ports and virtual machines by whatever of them is at hand.
// Must never read whole lists to look through them: the controller is asked for what matches.
export { Search } from './search.tsx';
