// Frames between simulated machines, and how much their guests send: reads a machine's state into the pure switch of ../veb, and joins machines by wires.
// Never decides where a frame goes: that is ../veb. Never keeps a copy: each ping looks at the machines anew.
export { GuestTraffic } from './guest-traffic.ts';
export {
  joinByWire,
  pingBetween,
  portNameOf,
  type VfPlace,
  type WireEnd,
  type Wiring,
  wiredNetwork,
} from './wiring.ts';
export { vebPortOf } from './veb-port-of.ts';
