import type { EswitchMode, PhysicalFunction } from '../inventory/index.ts';
import { type DriverCapability, VF_ATTRIBUTES, type VfAttribute } from './capability.ts';
import { capabilityOfDriver } from './driver-table.ts';

type PfFacts = Pick<PhysicalFunction, 'driver' | 'productId' | 'totalVfs' | 'refusedAttributes'>;

/**
 * What one PF can do in one eswitch mode: the row of its driver, less what the product lacks, what the mode
 * takes away, and what the driver has refused before.
 */
export function effectiveCapability(pf: PfFacts, eswitchMode: EswitchMode | null): DriverCapability {
  const row = capabilityOfDriver(pf.driver ?? '');
  const lost = new Set<VfAttribute>(pf.refusedAttributes);
  if (row.rates.onlyProducts !== null && !row.rates.onlyProducts.includes(pf.productId)) {
    lost.add('minTxRateMbps').add('maxTxRateMbps');
  }
  if (eswitchMode === 'switchdev') for (const attribute of row.switchdev?.lost ?? []) lost.add(attribute);
  if (lost.size === 0) return row;
  const attributes = { ...row.attributes };
  for (const attribute of VF_ATTRIBUTES) if (lost.has(attribute)) attributes[attribute] = 'no';
  return { ...row, attributes };
}

/** The most VFs that this PF takes: its own capability, or less if its driver keeps some pools for itself. */
export function maxVfsOf(pf: PfFacts): number {
  const { maxVfs } = capabilityOfDriver(pf.driver ?? '');
  return maxVfs === null ? pf.totalVfs : Math.min(maxVfs, pf.totalVfs);
}
