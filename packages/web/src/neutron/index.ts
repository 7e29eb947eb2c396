// Networks, subnets and ports as Neutron's API shows them to whoever asks, kept up to date by the stream of events.
// Neutron's spelling stops here. Must never make up an attribute that the API has left out: not everybody sees all.
export { KINDS } from './kinds.ts';
export { itemsOf, type Listed } from './live-objects.ts';
export type { Network } from './network.ts';
export { followPort, neutronOf } from './neutron.ts';
export { type Port, titleOf } from './port.ts';
export type { Subnet } from './subnet.ts';
