import type { Replacements } from './replacements.ts';

/** Values that differ from server to server, or from run to run: their type is compared. */
const VOLATILE: ReadonlySet<string> = new Set([
  'created_at',
  'updated_at',
  'started_at',
  'heartbeat_timestamp',
  'revision_number',
  'standard_attr_id',
]);

/**
 * What is different between a recorded answer and ours, one line each; what servers make up is learnt on the way, and
 * is different only if it was something else before.
 */
export function differences(
  recorded: unknown,
  ours: unknown,
  replacements: Replacements,
  at = '',
): readonly string[] {
  if (Array.isArray(recorded) && Array.isArray(ours)) {
    const partners = inOrderOf(recorded, ours, replacements);
    const items = recorded.flatMap((item, index) =>
      differences(item, partners[index], replacements, `${at}[${index}]`),
    );
    return recorded.length === ours.length
      ? items
      : [`${at}: ${recorded.length} items recorded, ${ours.length} here`, ...items];
  }
  if (isObject(recorded) && isObject(ours)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(ours)]);
    return [...keys].flatMap((key) => {
      const here = `${at}.${key}`;
      if (!Object.hasOwn(ours, key)) return [`${here}: missing here`];
      if (!Object.hasOwn(recorded, key)) return [`${here}: not recorded`];
      if (VOLATILE.has(key) && typeof recorded[key] === typeof ours[key]) return [];
      return differences(recorded[key], ours[key], replacements, here);
    });
  }
  if (recorded === ours || replacements.learn(recorded, ours)) return [];
  if (typeof recorded === 'string' && replacements.apply(recorded) === ours) return [];
  return [`${at}: ${JSON.stringify(recorded)} recorded, ${JSON.stringify(ours)} here`];
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;

/** Our items in the order of the recorded ones: by id where ids are known, else as they are. */
function inOrderOf(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  replacements: Replacements,
): readonly unknown[] {
  const left = [...ours];
  const found = recorded.map((item) => {
    const id = typeof item === 'string' ? item : isObject(item) ? item['id'] : undefined;
    const wanted = typeof id === 'string' ? (replacements.oursOf(id) ?? id) : undefined;
    const index = left.findIndex((each) => (isObject(each) ? each['id'] : each) === wanted);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  });
  return found.map((item) => item ?? left.shift());
}
