import { commandLine } from '../../command-line/index.ts';

/** A network that is to be made. */
export interface NetworkRequest {
  readonly name: string;
  readonly networkType: 'vlan' | 'flat';
  /** null: any with a free VLAN. */
  readonly physicalNetwork: string | null;
  /** null: a free one. */
  readonly vlan: number | null;
  readonly cidrs: readonly string[];
}

/** As Neutron's API takes it. Who leaves all to the controller says nothing: members of a project may do so, too. */
export function networkValues({
  name,
  networkType,
  physicalNetwork,
  vlan,
}: NetworkRequest): Readonly<Record<string, unknown>> {
  if (networkType === 'vlan' && physicalNetwork === null && vlan === null) return { name };
  return {
    name,
    'provider:network_type': networkType,
    ...(physicalNetwork === null ? {} : { 'provider:physical_network': physicalNetwork }),
    ...(vlan === null ? {} : { 'provider:segmentation_id': vlan }),
  };
}

export function subnetsOf({ name, cidrs }: NetworkRequest) {
  return cidrs.map((cidr) => {
    const version = cidr.includes(':') ? (6 as const) : (4 as const);
    return { name: `${name}-v${version}`, cidr, ip_version: version };
  });
}

/** The same as command lines. */
export function networkCommands(request: NetworkRequest): readonly string[] {
  const { name, networkType, physicalNetwork, vlan } = request;
  const title = name === '' ? 'NAME' : name;
  return [
    commandLine(
      'network',
      'create',
      title,
      ...(physicalNetwork === null ? [] : ['--physical-network', physicalNetwork]),
      ...(networkType === 'flat' ? ['--flat'] : []),
      ...(vlan === null ? [] : ['--vlan', String(vlan)]),
    ),
    ...subnetsOf({ ...request, name: title }).map((subnet) =>
      commandLine('subnet', 'create', subnet.name, '--network', title, '--cidr', subnet.cidr),
    ),
  ];
}
