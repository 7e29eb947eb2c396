import type { PortDocument } from '../documents/index.ts';
import { invalidInput } from '../wire/neutron-error.ts';

type Test = (port: PortDocument) => boolean;

/** `fixed_ips=ip_address=10.0.0.5`, `fixed_ips=subnet_id=…`, `fixed_ips=ip_address_substr=10.0`: keys all, values any. */
function byFixedIps(wanted: readonly string[]): Test {
  const conditions = new Map<string, string[]>();
  for (const text of wanted) {
    const [key = '', ...rest] = text.split('=');
    if (!['ip_address', 'subnet_id', 'ip_address_substr'].includes(key) || rest.length === 0)
      throw invalidInput(`'${text.slice(0, 100)}' is not in the format of key=value`);
    conditions.set(key, [...(conditions.get(key) ?? []), rest.join('=')]);
  }
  const ips = conditions.get('ip_address');
  const subnets = conditions.get('subnet_id');
  const parts = conditions.get('ip_address_substr');
  return (port) =>
    (ips === undefined || port.fixed_ips.some((fixed) => ips.includes(fixed.ip_address))) &&
    (subnets === undefined || port.fixed_ips.some((fixed) => subnets.includes(fixed.subnet_id))) &&
    (parts === undefined ||
      port.fixed_ips.some((fixed) => parts.some((part) => fixed.ip_address.includes(part))));
}

/** Filters of ports that are not attributes. */
export const PORT_FILTERS: Readonly<Record<string, (wanted: readonly string[]) => Test>> = {
  fixed_ips: byFixedIps,
};
