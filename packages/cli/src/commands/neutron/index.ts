// Networks, subnets, ports and QoS policies of the controller, by names or ids.
// Must never decide what the API would: it is asked, and what it says is told.
export { PORT } from './kinds.ts';
export { addNetworkCommands } from './network.ts';
export { addPortCommands } from './port.ts';
export { addQosCommands } from './qos.ts';
export { addSubnetCommands } from './subnet.ts';
