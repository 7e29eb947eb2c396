import type { HostDocument } from '../v1/index.ts';
import type { ReportedHost } from './reported-host.ts';

/** The PFs of a host as the wire has them, not copied: a page would copy thousands of VFs, and nobody changes what is sent. */
export function wirePfs({ observed }: ReportedHost): HostDocument['pfs'] {
  // The model's lists are read-only, the wire's types are not; their fields are the same.
  return observed.pfs as unknown as HostDocument['pfs'];
}

/** The wires that a PF of a host reaches. */
export function wireNetworks({ physicalNetworks }: ReportedHost, pf: string): string[] {
  for (const [address, names] of physicalNetworks) if (address === pf) return [...names];
  return [];
}
