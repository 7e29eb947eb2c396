import type { NumaDemand } from '../../scheduler/index.ts';
import type { BindingProfile, PortDocument } from '../documents/index.ts';

// What a binding profile says of the guest. Neutron has no attributes for it, and profiles may hold any key.

/** How far from other ports of its guest a port's VF shall be, so that they do not fail together. */
export type Apart = 'card' | 'pf';

/**
 * Where the guest runs: `numa_nodes` of the profile, a list or `0,1`, under the port's policy (Nova's default: legacy).
 * null: nobody knows, and any VF is near enough.
 */
export function numaOf(
  { numa_affinity_policy: policy }: Pick<PortDocument, 'numa_affinity_policy'>,
  { numa_nodes: said }: BindingProfile,
): NumaDemand | null {
  const parts = typeof said === 'string' ? said.split(',') : [said].flat();
  const nodes = parts.map((part) => Number(typeof part === 'string' ? part.trim() || Number.NaN : part));
  if (said === undefined || said === null || !nodes.every(isNode)) return null;
  return nodes.length === 0 ? null : { policy: policy ?? 'legacy', nodes };
}

const isNode = (node: number): boolean => Number.isInteger(node) && node >= 0;

/** `apart` of the profile: `pf` or `card`. */
export function apartOf({ apart }: BindingProfile): Apart | null {
  return apart === 'pf' || apart === 'card' ? apart : null;
}
