import type { FilterChain, FilterSet, FilterTable } from './filter-table.ts';

/** How much of a table that is there already goes on. */
export type Renewal =
  /** Its chains stay on their hooks, with other rules. */
  | 'rules'
  /** Its chains come on another interface; the flows that it remembers stay. */
  | 'chains'
  /** Nothing of it. */
  | 'table';

/** Where a table is put, and what becomes of the one that is there. */
export interface Placing {
  readonly name: string;
  readonly netdevName: string;
  readonly renewal: Renewal;
  /** What becomes of a packet that no rule decides about. */
  readonly policy: 'accept' | 'drop';
}

/** Puts a table on an interface. One transaction: nothing of it is there, or all. Pure. */
export function setScript({ sets, chains }: FilterTable, placing: Placing): string {
  const { name, renewal } = placing;
  const bases = chains.flatMap(({ hook }) => hook ?? []);
  // To add what is there already is no error, and what is there can be deleted.
  const clears: Readonly<Record<Renewal, readonly string[]>> = {
    rules: [`flush table netdev ${name}`],
    chains: [
      `flush table netdev ${name}`,
      ...bases.flatMap((base) => [`add chain netdev ${name} ${base}`, `delete chain netdev ${name} ${base}`]),
    ],
    table: [`delete table netdev ${name}`],
  };
  return lines(
    `add table netdev ${name}`,
    ...clears[renewal],
    `table netdev ${name} {`,
    ...sets.flatMap(setLines),
    ...chains.flatMap((chain) => chainLines(chain, placing)),
    '}',
  );
}

/** Idempotent. */
export function removeScript(name: string): string {
  return lines(`add table netdev ${name}`, `delete table netdev ${name}`);
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

// Without a size the kernel takes 65535, and memory as the set fills; with one it takes the memory for it at once.
function setLines({ name, key }: FilterSet): readonly string[] {
  return [`  set ${name} {`, `    typeof ${key}`, '    flags dynamic, timeout', '  }'];
}

function chainLines({ name, hook, rules }: FilterChain, { netdevName, policy }: Placing): readonly string[] {
  const base = `    type filter hook ${hook} device "${netdevName}" priority 0; policy ${policy};`;
  return [
    `  chain ${name} {`,
    ...(hook === null ? [] : [base]),
    ...rules.map((rule) => `    ${rule}`),
    '  }',
  ];
}
