/** An extension of the API that is served here: all of it, and as it says. */
export interface Extension {
  readonly alias: string;
  readonly name: string;
  readonly description: string;
  readonly updated: string;
  readonly links: readonly [];
}

/** Alias, name, when it was last changed (Neutron's own date, which some clients print), what it is. */
const ROWS: readonly (readonly [string, string, string, string])[] = [
  [
    'address-group',
    'Address group',
    '2020-07-15T10:00:00-00:00',
    'Groups of addresses for rules of security groups',
  ],
  [
    'address-scope',
    'Address scope',
    '2015-07-26T10:00:00-00:00',
    'Subnet pools whose addresses do not overlap',
  ],
  ['agent', 'agent', '2013-02-03T10:00:00-00:00', 'Agents of hosts'],
  [
    'allowed-address-pairs',
    'Allowed Address Pairs',
    '2013-07-23T10:00:00-00:00',
    'More addresses that a port may send from',
  ],
  ['availability_zone', 'Availability Zone', '2015-01-01T10:00:00-00:00', 'Availability zones'],
  [
    'availability_zone_filter',
    'Availability Zone Filter Extension',
    '2018-06-22T10:00:00-00:00',
    'Filters of availability zones',
  ],
  ['binding', 'Port Binding', '2014-02-03T10:00:00-00:00', 'Binding of ports to hosts'],
  [
    'binding-extended',
    'Port Bindings Extended',
    '2017-07-17T10:00:00-00:00',
    'Several bindings of a port, of which one is active',
  ],
  [
    'default-subnetpools',
    'Default Subnetpools',
    '2016-02-18T18:00:00-00:00',
    'Subnet pools that are used when none is named',
  ],
  [
    'empty-string-filtering',
    'Empty String Filtering Extension',
    '2018-05-01T10:00:00-00:00',
    'Filters by the empty text',
  ],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options', '2013-03-17T12:00:00-00:00', 'DHCP options of a port'],
  [
    'filter-validation',
    'Filter parameters validation',
    '2018-07-04T10:00:00-00:00',
    'Filters that are unknown are refused',
  ],
  [
    'flavors',
    'Neutron Service Flavors',
    '2015-09-17T10:00:00-00:00',
    'Flavors of services and their profiles',
  ],
  [
    'ip-substring-filtering',
    'IP address substring filtering',
    '2017-11-28T09:00:00-00:00',
    'Filters of ports by a part of an address',
  ],
  ['ip_allocation', 'IP Allocation', '2016-06-10T23:00:00-00:00', 'When a port gets its addresses'],
  [
    'l2_adjacency',
    'L2 Adjacency',
    '2016-04-12T16:00:00-00:00',
    'Whether all ports of a network share a wire',
  ],
  ['multi-provider', 'Multi Provider Network', '2013-06-27T10:00:00-00:00', 'Networks of several segments'],
  ['net-mtu', 'Network MTU', '2015-03-25T10:00:00-00:00', 'The MTU of a network'],
  [
    'net-mtu-writable',
    'Network MTU (writable)',
    '2017-07-12T00:00:00-00:00',
    'The MTU of a network may be chosen',
  ],
  [
    'network-ip-availability',
    'Network IP Availability',
    '2015-09-24T00:00:00-00:00',
    'How many addresses of a network are used',
  ],
  [
    'network_availability_zone',
    'Network Availability Zone',
    '2015-01-01T10:00:00-00:00',
    'Availability zones of networks',
  ],
  ['pagination', 'Pagination support', '2016-06-12T00:00:00-00:00', 'Lists come in pages'],
  [
    'port-mac-address-regenerate',
    'Neutron Port MAC address regenerate',
    '2018-05-03T10:00:00-00:00',
    'A new MAC for a port that asks for one',
  ],
  [
    'port-numa-affinity-policy',
    'Port NUMA affinity policy',
    '2020-07-08T10:00:00-00:00',
    'How near to its guest the VF of a port must be',
  ],
  [
    'port-numa-affinity-policy-socket',
    'Port NUMA affinity policy socket',
    '2024-02-15T10:00:00-00:00',
    'The policy `socket` for the VF of a port',
  ],
  [
    'port-resource-request',
    'Port Resource Request',
    '2018-05-08T10:00:00-00:00',
    'What a port needs of Placement',
  ],
  [
    'port-resource-request-groups',
    'Port Resource Request Groups',
    '2021-08-02T10:00:00-00:00',
    'What a port needs of Placement, in groups',
  ],
  [
    'port-security',
    'Port Security',
    '2012-07-23T10:00:00-00:00',
    'Protection against forged addresses, by network and by port',
  ],
  [
    'port-security-groups-filtering',
    'Port filtering on security groups',
    '2018-01-09T09:00:00-00:00',
    'Filters of ports by security group',
  ],
  [
    'port-trusted-vif',
    'Port trusted vif',
    '2024-03-11T10:00:00-00:00',
    'Whether the VF of a port is trusted',
  ],
  ['project-id', 'project_id field enabled', '2016-09-09T09:09:09-09:09', 'Projects under this name, too'],
  ['provider', 'Provider Network', '2012-09-07T10:00:00-00:00', 'Where networks lie on the wire'],
  ['qos', 'Quality of Service', '2015-06-08T10:00:00-00:00', 'Policies of quality of service'],
  [
    'qos-bw-limit-direction',
    'Direction for QoS bandwidth limit rule',
    '2017-04-10T10:00:00-00:00',
    'Bandwidth limits have a direction',
  ],
  [
    'qos-bw-minimum-ingress',
    'Ingress direction for QoS minimum bandwidth rule',
    '2018-07-09T10:00:00-00:00',
    'Minimum bandwidth of what is received',
  ],
  [
    'qos-default',
    'QoS default policy',
    '2017-041-06T10:00:00-00:00',
    'A policy that networks have which name none',
  ],
  [
    'qos-port-network-policy',
    'QoS port network policy ID',
    '2019-11-01T10:00:00-00:00',
    'The policy that a port has of its network',
  ],
  [
    'qos-rule-type-details',
    'Details of QoS rule types',
    '2017-06-22T10:00:00-00:00',
    'What rules of a type may say',
  ],
  [
    'qos-rule-type-filter',
    'Allow to filter the list of QoS rule types',
    '2022-02-02T10:00:00-00:00',
    'Filters of types of rules',
  ],
  [
    'qos-rules-alias',
    'Quality of Service rules alias API',
    '2018-10-07T10:00:00-00:00',
    'Rules without the path of their policy',
  ],
  [
    'quota-check-limit',
    'Quota engine limit check',
    '2021-09-08T16:00:00-00:00',
    'A limit below what is used may be refused',
  ],
  [
    'quota_details',
    'Quota details management support',
    '2017-02-10T10:00:00-00:00',
    'How much of a quota is used',
  ],
  ['quotas', 'Quota management support', '2012-07-29T10:00:00-00:00', 'Limits of projects'],
  [
    'rbac-address-group',
    'Add address_group type to RBAC',
    '2021-01-20T00:00:00-00:00',
    'Address groups may be shared with projects',
  ],
  [
    'rbac-address-scope',
    'Add address_scope type to RBAC',
    '2020-02-12T00:00:00-00:00',
    'Address scopes may be shared with projects',
  ],
  [
    'rbac-policies',
    'RBAC Policies',
    '2015-06-17T12:15:12-00:00',
    'Networks and QoS policies may be shared with projects',
  ],
  [
    'rbac-security-groups',
    'Add security_group type to network RBAC',
    '2019-02-14T00:00:00-00:00',
    'Security groups may be shared with projects',
  ],
  [
    'rbac-subnetpool',
    'Add subnetpool type to RBAC',
    '2020-02-05T00:00:00-00:00',
    'Subnet pools may be shared with projects',
  ],
  [
    'revision-if-match',
    'If-Match constraints based on revision_number',
    '2016-12-11T00:00:00-00:00',
    'Changes only of the revision that was seen',
  ],
  ['security-group', 'security-group', '2012-10-05T10:00:00-00:00', 'Security groups and their rules'],
  [
    'security-groups-normalized-cidr',
    'Normalized CIDR field for security group rules',
    '2020-07-28T10:00:00-00:00',
    'The prefix that a rule of a security group means',
  ],
  [
    'security-groups-remote-address-group',
    'Remote address group id field for security group rules',
    '2020-08-25T10:00:00-00:00',
    'Rules of security groups for address groups',
  ],
  [
    'security-groups-shared-filtering',
    'Security group filtering on the shared field',
    '2021-10-05T09:00:00-00:00',
    'Filters of security groups that are shared',
  ],
  ['segment', 'Segment', '2016-02-24T17:00:00-00:00', 'Segments of networks'],
  ['service-type', 'Neutron Service Type Management', '2013-01-20T00:00:00-00:00', 'Providers of services'],
  ['sorting', 'Sorting support', '2016-06-12T00:00:00-00:00', 'Lists come sorted'],
  [
    'standard-attr-description',
    'standard-attr-description',
    '2016-02-10T10:00:00-00:00',
    'Descriptions of objects',
  ],
  [
    'standard-attr-revisions',
    'Resource revision numbers',
    '2016-04-11T10:00:00-00:00',
    'Revision numbers of objects',
  ],
  [
    'standard-attr-segment',
    'Standard Attribute Segment Extension',
    '2018-04-09T10:00:00-00:00',
    'Times and revisions of segments',
  ],
  [
    'standard-attr-tag',
    'Tag support for resources with standard attribute: port, subnet, subnetpool, network, security_group, router, floatingip, policy, trunk, network_segment_range',
    '2017-01-01T00:00:00-00:00',
    'Tags of objects',
  ],
  ['standard-attr-timestamp', 'Resource timestamps', '2016-09-12T10:00:00-00:00', 'Times of objects'],
  [
    'stateful-security-group',
    'Stateful security group',
    '2019-11-26T09:00:00-00:00',
    'Security groups with and without state',
  ],
  [
    'subnet-segmentid-writable',
    'Subnet SegmentID (writable)',
    '2018-03-12T00:00:00-00:00',
    'The segment of a subnet may be chosen later',
  ],
  [
    'subnet-service-types',
    'Subnet service types',
    '2016-03-15T18:00:00-00:00',
    'Subnets for some kinds of devices',
  ],
  ['subnet_allocation', 'Subnet Allocation', '2015-03-30T10:00:00-00:00', 'Subnets are cut from pools'],
  [
    'subnetpool-prefix-ops',
    'Subnet Pool Prefix Operations',
    '2019-02-08T10:00:00-00:00',
    'Prefixes of subnet pools may be added and removed',
  ],
  ['trunk', 'Trunk Extension', '2016-01-01T10:00:00-00:00', 'Trunks of ports'],
  ['trunk-details', 'Trunk port details', '2016-01-01T10:00:00-00:00', 'Trunks as the port sees them'],
  [
    'uplink-status-propagation',
    'Port Uplink Status Propagation',
    '2018-12-03T10:00:00-00:00',
    'Whether a VF follows the link of its PF',
  ],
];

/** All extensions, by alias. A client that does not find one does without it. */
export const EXTENSIONS: ReadonlyMap<string, Extension> = new Map(
  ROWS.map(([alias, name, updated, description]) => [
    alias,
    { alias, name, description, updated, links: [] },
  ]),
);
