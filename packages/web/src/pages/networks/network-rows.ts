import { type Network, type Port, type Subnet, titleOf } from '../../neutron/index.ts';

/** A network with what is on it. */
export interface NetworkRow {
  readonly network: Network;
  /** null: they are being read. */
  readonly subnets: readonly Subnet[] | null;
  /** How many; null: they are being read. */
  readonly ports: number | null;
}

const { compare } = new Intl.Collator('en', { numeric: true });

/** Networks by name, with what is on each. Pure. @param subnets null: not known yet; so `ports` */
export function networkRows(
  networks: readonly Network[],
  subnets: readonly Subnet[] | null,
  ports: readonly Port[] | null,
): readonly NetworkRow[] {
  const subnetsOf = subnets === null ? null : Map.groupBy(subnets, ({ networkId }) => networkId);
  const portsOf = ports === null ? null : countByNetwork(ports);
  return networks
    .toSorted((a, b) => compare(titleOf(a), titleOf(b)) || compare(a.id, b.id))
    .map((network) => ({
      network,
      subnets: subnetsOf === null ? null : (subnetsOf.get(network.id) ?? []),
      ports: portsOf === null ? null : (portsOf.get(network.id) ?? 0),
    }));
}

function countByNetwork(ports: readonly Port[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { networkId } of ports) counts.set(networkId, (counts.get(networkId) ?? 0) + 1);
  return counts;
}
