import type { Difference } from './differences.ts';

/** A difference that stays, with its reason: a row of the table in docs/operators/neutron-api.md. */
export interface KnownDifference {
  /** Where it is: all of these occur. A star at the end stands for whatever follows. */
  readonly at: readonly string[];
  /** What is different, and why, as operators are told. */
  readonly title: string;
  readonly why: string;
}

const inPorts = (name: string): readonly string[] => [`.port.${name}`, `.ports[].${name}`];
const inAgents = (name: string): readonly string[] => [
  `.agent.configurations.${name}.*`,
  `.agents[].configurations.${name}.*`,
];
const extensions = (...aliases: readonly string[]): readonly string[] =>
  aliases.map((alias) => `.extensions[${alias}]`);

/** All differences that stay. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    at: inPorts('numa_affinity_policy'),
    title: 'Ports have `numa_affinity_policy`, with `socket`',
    why: 'Where the guest runs decides which VF is near; the recorded server had the plug-in for it switched off',
  },
  {
    at: inPorts('propagate_uplink_status'),
    title: 'Ports have `propagate_uplink_status`, and it is true by default',
    why: 'A VF follows the link of its PF; the recorded server had the plug-in for it switched off',
  },
  {
    at: inPorts('trusted'),
    title: 'Ports have `trusted`',
    why: 'A later Neutron has it in place of a key of the binding profile, which is read here, too',
  },
  {
    at: extensions('port-numa-affinity-policy-socket', 'port-trusted-vif', 'uplink-status-propagation'),
    title: 'Extensions for these three attributes of ports',
    why: 'Clients look for an extension before they use its attributes',
  },
  {
    at: extensions('dhcp_agent_scheduler', 'external-net'),
    title: 'No extensions for routers, external networks and DHCP agents',
    why: 'There are none here: a VF needs neither',
  },
  {
    at: extensions('qos-pps', 'qos-pps-minimum', 'qos-pps-minimum-rule-alias'),
    title: 'No extensions for packet rates',
    why: 'Cards limit and guarantee bits, not packets',
  },
  {
    at: extensions('agent-resources-synced'),
    title: 'No extension `agent-resources-synced`',
    why: 'Nothing is written to Placement from here; an agent shows what somebody who does it needs to know',
  },
  {
    at: extensions('port-device-profile', 'port-mac-override'),
    title: 'No extensions `port-device-profile` and `port-mac-override`',
    why: 'Accelerators are Cyborg’s; the MAC of a PF that is given away is the card’s own',
  },
  {
    at: extensions('segments-peer-subnet-host-routes', 'subnet_onboard'),
    title: 'No extensions for routes between segments, and for taking subnets into pools',
    why: 'Who routes is not decided here',
  },
  {
    at: ['.extension.description', '.extensions[].description'],
    title: 'Other words in the descriptions of extensions',
    why: 'No program reads them',
  },
  {
    at: ['.agents[vm]'],
    title: 'An agent more in the record',
    why: 'It is of the recording machine itself, and was not alive',
  },
  {
    at: inAgents('device_mappings'),
    title: 'Other cards in `device_mappings`',
    why: 'The hosts of the test have two cards, the recorded hosts pretended to have one',
  },
  {
    at: inAgents('resource_provider_bandwidths'),
    title: 'Agents tell `resource_provider_bandwidths`',
    why: 'It is what the link carries; in Neutron an operator writes it down for each host',
  },
  {
    at: [...inAgents('resource_provider_hypervisors'), ...inAgents('resource_provider_inventory_defaults')],
    title: 'Agents tell `resource_provider_hypervisors` and `resource_provider_inventory_defaults`',
    why: 'As a real SR-IOV agent does; the recorded ones were made by hand and left them empty',
  },
  {
    at: ['.security_groups[].security_group_rules[].standard_attr_id'],
    title: 'No `standard_attr_id` in the rules of a security group',
    why: 'It is the number of a row in Neutron’s database, and slipped out',
  },
];

export function isKnown({ at }: KnownDifference, difference: Difference): boolean {
  return at.some((pattern) => fits(pattern, difference));
}

export function fits(pattern: string, { at }: Difference): boolean {
  return pattern.endsWith('*') ? at.startsWith(pattern.slice(0, -1)) : at === pattern;
}
