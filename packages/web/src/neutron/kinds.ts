/** Kinds of objects, as Neutron's paths and envelopes name them. */
export const KINDS = {
  network: { name: 'network', collection: 'networks', path: 'networks' },
  subnet: { name: 'subnet', collection: 'subnets', path: 'subnets' },
  port: { name: 'port', collection: 'ports', path: 'ports' },
} as const;
