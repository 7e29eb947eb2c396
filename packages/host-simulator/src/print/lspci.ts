import { comparePciAddresses, type PciAddress } from '@virtfn/model';
import { type SimulatedMachine, type SimulatedPf, vfAddress } from '../machine/index.ts';

interface Device {
  readonly address: PciAddress;
  readonly name: string;
  readonly ids: string;
  readonly revision: string;
}

/**
 * What `lspci -nn | grep -i ethernet` prints, or without the ids what `lspci | grep Ethernet` prints. As lspci does, it
 * leaves out the domain when there is only 0000, and a revision of 00.
 */
export function printLspci(
  machine: SimulatedMachine,
  options: { readonly ids: boolean } = { ids: true },
): string {
  const devices = machine.pfs
    .flatMap((pf) => devicesOf(pf, machine.clock.now()))
    .toSorted((a, b) => comparePciAddresses(a.address, b.address));
  const hasDomains = devices.some(({ address }) => !address.startsWith('0000:'));
  const lines = devices.map(({ address, name, ids, revision }) => {
    const place = hasDomains ? address : address.slice('0000:'.length);
    const kind = options.ids ? 'Ethernet controller [0200]' : 'Ethernet controller';
    const text = `${place} ${kind}: ${name}${options.ids ? ` [${ids}]` : ''}`;
    return revision === '00' ? text : `${text} (rev ${revision})`;
  });
  return lines.map((line) => `${line}\n`).join('');
}

function devicesOf(pf: SimulatedPf, now: number): readonly Device[] {
  const { card } = pf;
  const device = (at: PciAddress, productId: string, productName: string): Device => ({
    address: at,
    name: `${card.vendorName} ${productName}`,
    ids: `${card.vendorId}:${productId}`,
    revision: card.revision,
  });
  return [
    device(pf.address, card.productId, card.productName),
    ...pf.vfs
      .filter((vf) => vf.visibleAt <= now)
      .map((vf) => device(vfAddress(pf, vf.vfIndex), card.vfProductId, card.vfProductName)),
  ];
}
