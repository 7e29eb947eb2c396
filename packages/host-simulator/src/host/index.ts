// The Host port on simulated machines, with faults on demand.
// Never lets a test see the machine's insides through the port: what it shows was observed.
export { type Fault, FaultInjector, type StepMatch } from './faults.ts';
export { SimulatedHost } from './simulated-host.ts';
