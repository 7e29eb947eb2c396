/** Kinds of objects, as Neutron's API names them. */
export const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };
export const SUBNET = { name: 'subnet', collection: 'subnets', path: 'subnets' };
export const PORT = { name: 'port', collection: 'ports', path: 'ports' };
export const QOS_POLICY = { name: 'policy', collection: 'policies', path: 'qos/policies' };
