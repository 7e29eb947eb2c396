import type { PciAddress } from '@virtfn/model';
import type { NetworkFunction } from '../facts/index.ts';

type Described = Pick<
  NetworkFunction,
  'driver' | 'pciAddress' | 'productId' | 'productName' | 'vendorId' | 'vendorName'
>;

/** More than that are counted only. */
const MOST = 8;

/** Names a PCI function as `lspci -nn` does: `0000:82:00.0 Intel Corporation 82576 … [8086:10c9], driver igb`. */
export function describeFunction(each: Described): string {
  const driver = each.driver === null ? 'no driver' : `driver ${each.driver}`;
  return `${each.pciAddress} ${each.vendorName} ${each.productName} [${each.vendorId}:${each.productId}], ${driver}`;
}

export function describeFunctions(functions: readonly Described[]): string {
  const named = functions.slice(0, MOST).map(describeFunction).join('; ');
  return functions.length > MOST ? `${named}; and ${functions.length - MOST} more` : named;
}

/** The address of the only one; null when there are several. */
export function onlyAddress(functions: readonly Described[]): PciAddress | null {
  return functions.length === 1 ? (functions[0]?.pciAddress ?? null) : null;
}
