import { type IpNetwork, networkOf } from './address.ts';

/** The fewest prefixes that say the same, in their order: none is in another, and no two make a whole. */
export function compactNetworks(networks: readonly IpNetwork[]): readonly IpNetwork[] {
  const sorted = networks.toSorted((a, b) => {
    if (a.first !== b.first) return a.first < b.first ? -1 : 1;
    return a.prefixLength - b.prefixLength;
  });
  const kept: IpNetwork[] = [];
  for (const network of sorted) {
    let next = network;
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      const isInside = next.last <= last.last;
      const whole = isInside ? last : wholeOf(last, next);
      if (whole === null) break;
      kept.pop();
      next = whole;
    }
    kept.push(next);
  }
  return kept;
}

/** What is in the first and not in the second. */
export function subtractNetworks(
  networks: readonly IpNetwork[],
  taken: readonly IpNetwork[],
): readonly IpNetwork[] {
  return networks.flatMap((network): readonly IpNetwork[] => {
    const inside = taken.filter(
      (other) =>
        other.version === network.version && other.first <= network.last && network.first <= other.last,
    );
    if (inside.length === 0) return [network];
    if (inside.some((other) => other.prefixLength <= network.prefixLength)) return [];
    return subtractNetworks(halvesOf(network), inside);
  });
}

function halvesOf({ version, first, last, prefixLength }: IpNetwork): readonly IpNetwork[] {
  const middle = first + (last - first + 1n) / 2n;
  return [first, middle].map((number) => networkOf({ version, number }, prefixLength + 1));
}

/** The prefix that two neighbours make; null: they make none. */
function wholeOf(a: IpNetwork, b: IpNetwork): IpNetwork | null {
  if (a.prefixLength !== b.prefixLength || a.prefixLength === 0 || b.first !== a.last + 1n) return null;
  const whole = networkOf({ version: a.version, number: a.first }, a.prefixLength - 1);
  return whole.first === a.first ? whole : null;
}
