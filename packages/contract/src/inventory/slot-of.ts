import type { PhysicalFunction } from '@virtfn/model';

/** Where the card of a PF sits, `0000:82:00`: a PCI device's functions share its address up to the dot. */
export function slotOf({ pciAddress }: Pick<PhysicalFunction, 'pciAddress'>): string {
  return pciAddress.slice(0, pciAddress.indexOf('.'));
}
