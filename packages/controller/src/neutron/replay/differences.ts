import { pairItems } from './pair-items.ts';
import type { Replacements } from './replacements.ts';

/** Something that is different between a recorded answer and ours. */
export interface Difference {
  /** Where, without places in lists: `.ports[].trusted`. */
  readonly at: string;
  readonly what: 'missing here' | 'not recorded' | 'another value';
  readonly recorded: unknown;
  readonly ours: unknown;
}

/** Values that differ from server to server, or from run to run: their type is compared. */
const VOLATILE: ReadonlySet<string> = new Set([
  'created_at',
  'updated_at',
  'started_at',
  'heartbeat_timestamp',
  'revision_number',
]);

/**
 * What is different between two answers; what servers make up is learnt on the way, and is different only if it was
 * something else before.
 */
export function differences(
  recorded: unknown,
  ours: unknown,
  replacements: Replacements,
  at = '',
): readonly Difference[] {
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    const { pairs, missing, added } = pairItems(keyOf(at), recorded, ours, replacements);
    return [
      ...pairs.flatMap(([item, partner]) => differences(item, partner, replacements, `${at}[]`)),
      ...missing.map((name) => ({ ...nothing, at: `${at}[${name}]`, what: 'missing here' as const })),
      ...added.map((name) => ({ ...nothing, at: `${at}[${name}]`, what: 'not recorded' as const })),
    ];
  }
  if (isObject(recorded) && isObject(ours)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(ours)]);
    return [...keys].flatMap((key): readonly Difference[] => {
      const here = `${at}.${key}`;
      if (!Object.hasOwn(ours, key))
        return [{ at: here, what: 'missing here', recorded: recorded[key], ours: null }];
      if (!Object.hasOwn(recorded, key))
        return [{ at: here, what: 'not recorded', recorded: null, ours: ours[key] }];
      if (VOLATILE.has(key) && typeof recorded[key] === typeof ours[key]) return [];
      return differences(recorded[key], ours[key], replacements, here);
    });
  }
  if (recorded === ours || replacements.learn(recorded, ours, keyOf(at))) return [];
  if (typeof recorded === 'string' && typeof ours === 'string') {
    if (plain(replacements.apply(recorded)) === plain(ours)) return [];
  }
  return [{ at, what: 'another value', recorded, ours }];
}

const nothing = { recorded: null, ours: null };

const keyOf = (at: string): string => at.slice(at.lastIndexOf('.') + 1);

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** A message without what is by chance: the order of ids in it, and how often an object was changed. */
function plain(message: string): string {
  return message
    .replaceAll(/[\da-f-]{36}(?:,[\da-f-]{36})+/g, (ids) => ids.split(',').toSorted().join(','))
    .replaceAll(/(?<=revision is )\d+/g, 'N');
}
