import type { FixedIp, PortDocument } from '../documents/index.ts';
import type { Filter, Resource } from '../framework/index.ts';
import { invalidInput } from '../wire/neutron-error.ts';

/** A condition of an address: which of its values are wanted. */
type Condition = (fixed: FixedIp, wanted: readonly string[]) => boolean;

const CONDITIONS: Readonly<Record<string, Condition>> = {
  ip_address: (fixed, wanted) => wanted.includes(fixed.ip_address),
  subnet_id: (fixed, wanted) => wanted.includes(fixed.subnet_id),
  ip_address_substr: (fixed, wanted) => wanted.some((part) => fixed.ip_address.includes(part)),
};
/** Those that ask for the whole of what ports are found by. */
const INDEXED: ReadonlySet<string> = new Set(['ip_address', 'subnet_id']);

/**
 * `fixed_ips=ip_address=10.0.0.5`, `fixed_ips=subnet_id=…`, `fixed_ips=ip_address_substr=10.0`: of each key any of the
 * values, and all keys of one address, as Neutron joins its table of addresses once.
 */
function byFixedIps(texts: readonly string[]): Filter<PortDocument> {
  const given = texts.map((text) => {
    const [key = '', ...rest] = text.split('=');
    if (!Object.hasOwn(CONDITIONS, key) || rest.length === 0)
      throw invalidInput(`'${text.slice(0, 100)}' is not in the format of key=value`);
    return { key, value: rest.join('=') };
  });
  const keys = [...Map.groupBy(given, ({ key }) => key)].map(([key, some]) => ({
    key,
    values: [...new Set(some.map(({ value }) => value))],
  }));
  const where = keys
    .filter(({ key }) => INDEXED.has(key))
    .map(({ key, values }) => ({ field: `fixed_ips.${key}`, values }));
  // What the index has found for a single key is all that it asks for.
  if (keys.length === 1 && where.length === 1) return { where, test: null };
  const holds = (fixed: FixedIp): boolean =>
    keys.every(({ key, values }) => CONDITIONS[key]?.(fixed, values) === true);
  return { where, test: (port) => port.fixed_ips.some(holds) };
}

/** Filters of ports that are not attributes. */
export const PORT_FILTERS: Resource<PortDocument>['filters'] = { fixed_ips: byFixedIps };
