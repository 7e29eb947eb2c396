// Hosts in memory with virtual machines, whose agents join a fleet as those of any other host do: to try things out
// without an SR-IOV card, and to look at the dashboard with.
// Must never be taken for real: each says of itself that it is simulated, and no packet leaves it.
export { type SimulatedHostSpec, startSimulatedHosts, type SimulatedHosts } from './simulated-hosts.ts';
