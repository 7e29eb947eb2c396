// What this machine's cards have counted, read by netlink beside everything else.
// Must never share a socket with what changes the machine: a driver that takes its time to count would hold up a repair.
export { openLinuxCounters } from './linux-counters.ts';
