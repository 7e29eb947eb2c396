import type { Replacements } from './replacements.ts';

/** Two lists side by side. */
interface Pairs {
  readonly pairs: readonly (readonly [unknown, unknown])[];
  /** Names of recorded items that have no partner here. */
  readonly missing: readonly string[];
  /** Names of items here that have no partner in the record. */
  readonly added: readonly string[];
}

/** By what items of a list are known that have no id of the recording server's, or one that was never told before. */
const NATURAL_KEYS: Readonly<Record<string, readonly string[]>> = {
  agents: ['host'],
  extensions: ['alias'],
  rule_types: ['type'],
  security_group_rules: ['direction', 'ethertype'],
  segments: ['network_id'],
};

/** Pairs the items of a list: by their natural keys, by ids that are known, and the rest as they come. */
export function pairItems(
  listName: string,
  recorded: readonly unknown[],
  ours: readonly unknown[],
  replacements: Replacements,
): Pairs {
  const keys = NATURAL_KEYS[listName];
  const left = [...ours];
  const take = (index: number): unknown => (index === -1 ? undefined : left.splice(index, 1)[0]);
  const nameOf = (item: unknown): string => {
    if (!isObject(item)) return String(item);
    return keys === undefined ? String(item['id']) : keys.map((key) => String(item[key])).join(' ');
  };
  const found = recorded.map((item) => {
    const wanted = replacements.apply(nameOf(item));
    return take(left.findIndex((each) => nameOf(each) === wanted));
  });
  // Without a natural key an item that was not found is one that is seen for the first time.
  const partners = found.map((item) => item ?? (keys === undefined ? left.shift() : undefined));
  return {
    pairs: recorded.flatMap((item, index) =>
      partners[index] === undefined ? [] : [[item, partners[index]]],
    ),
    missing: recorded.filter((_item, index) => partners[index] === undefined).map(nameOf),
    added: left.map(nameOf),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
