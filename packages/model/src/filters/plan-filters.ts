import type { NetdevName } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { PortFilter } from './port-filter.ts';

/** A filter that shall be on a VF which the host itself drives. */
export interface WantedFilter {
  readonly pciAddress: PciAddress;
  readonly netdevName: NetdevName;
  readonly filter: PortFilter;
}

/** A filter of ours that is there. */
export interface ObservedFilter {
  readonly pciAddress: PciAddress;
  /** null: on no interface any more. */
  readonly netdevName: NetdevName | null;
  /** null: not what was put there, or nobody knows. It is put there again. */
  readonly filter: PortFilter | null;
}

/** A change of what may pass a VF. */
export type FilterStep =
  /** From one moment to the next; flows that the filter before knew and this one lets pass go on. */
  | ({ readonly kind: 'set-filter' } & WantedFilter)
  /** From then on all passes. */
  | { readonly kind: 'remove-filter'; readonly pciAddress: PciAddress };

/** What is to be done so that each VF has the filter that it shall have, and no other VF has one of ours. Pure. */
export function planFilters(
  wanted: readonly WantedFilter[],
  observed: readonly ObservedFilter[],
): readonly FilterStep[] {
  const there = new Map(observed.map((each) => [each.pciAddress, each]));
  const names = new Set(wanted.map(({ pciAddress }) => pciAddress));
  const set = wanted.filter(({ pciAddress, netdevName, filter }) => {
    const found = there.get(pciAddress);
    return found?.netdevName !== netdevName || found.filter === null || !isSameFilter(found.filter, filter);
  });
  const gone = observed.filter(({ pciAddress }) => !names.has(pciAddress));
  return [
    ...set.map((each): FilterStep => ({ kind: 'set-filter', ...each })),
    ...gone.map(({ pciAddress }): FilterStep => ({ kind: 'remove-filter', pciAddress })),
  ];
}

/** What a step does, for people, in the infinitive. */
export function describeFilterStep(step: FilterStep): string {
  if (step.kind === 'remove-filter') return `take the packet filter off VF ${step.pciAddress}`;
  return `filter packets on ${step.netdevName} (VF ${step.pciAddress})`;
}

/** Both come from the same schema, so that what is the same is written the same. */
function isSameFilter(a: PortFilter, b: PortFilter): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
