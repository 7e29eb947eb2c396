// What simulated cards have counted, as their drivers tell it.
// Must never count for a driver that does not: its kernel says zeros, and the port says that they mean nothing (K11).
export { SimulatedCounters } from './simulated-counters.ts';
export { type Passed, TrafficMeter } from './traffic-meter.ts';
