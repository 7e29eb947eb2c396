// The embedded switch (VEB) of a card's port, and the wires between ports: where a frame arrives, and why not.
// Pure: data in, data out. Models legacy mode only; representors and switchdev rules are not here.
// Never kinder than hardware: what is lost on a real card is lost here.
export { BROADCAST_MAC, type Frame } from './frame.ts';
export { canPing, type Station } from './ping.ts';
export { type Delivery, type DropReason, switchFrame, type SwitchedFrame } from './switch-frame.ts';
export type { Endpoint, Ingress, PfPool, VebPort, VfPool } from './veb-port.ts';
export { type Arrival, deliver, type Network, type NetworkPort, type Wire } from './wires.ts';
