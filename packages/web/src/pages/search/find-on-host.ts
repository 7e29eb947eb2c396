import type { HostDocument } from '@virtfn/contract';
import { machinePath, pfPath, vfPath } from '../../paths/index.ts';
import type { Hit } from './hit.ts';
import { pciAddressOf } from './questions.ts';

type PfDocument = HostDocument['pfs'][number];
type VfDocument = PfDocument['vfs'][number];

/** What words mean on one host, all of which is known: addresses, MACs, interfaces and virtual machines. Pure. */
export function findOnHost(words: string, { hostId, pfs, machines = [] }: HostDocument): readonly Hit[] {
  const text = words.trim().toLowerCase();
  const meant = new Set([text, pciAddressOf(text) ?? text, text.replaceAll('-', ':')]);
  const isMeant = (each: string | null | undefined): boolean =>
    each !== null && each !== undefined && meant.has(each.toLowerCase());
  const ofCards = pfs.flatMap((pf): readonly Hit[] => [
    ...([pf.pciAddress, pf.mac, pf.netdevName].some(isMeant) ? [hitOfPf(hostId, pf)] : []),
    ...pf.vfs
      .filter((vf) => namesOf(vf).some(isMeant))
      .map(
        (vf): Hit => ({
          kind: 'VF',
          href: vfPath(hostId, pf.pciAddress, vf.vfIndex),
          name: `VF ${vf.vfIndex} of ${pf.netdevName ?? pf.pciAddress}`,
          more: vf.pciAddress,
        }),
      ),
  ]);
  const ofMachines = machines
    .filter(({ name, domainId }) => isMeant(name) || isMeant(domainId))
    .map(
      ({ domainId, name, state }): Hit => ({
        kind: 'Virtual machine',
        href: machinePath(hostId, domainId),
        name,
        more: state,
      }),
    );
  return [...ofCards, ...ofMachines];
}

function hitOfPf(hostId: string, { netdevName, pciAddress, productName }: PfDocument): Hit {
  return { kind: 'PF', href: pfPath(hostId, pciAddress), name: netdevName ?? pciAddress, more: productName };
}

/** By what a VF goes: also by who uses it. */
function namesOf({ pciAddress, netdevName, effectiveMac, settings, attachmentId, users }: VfDocument) {
  const machines = users.map((user) => ('vm' in user ? user.vm : null));
  return [pciAddress, netdevName, effectiveMac, settings?.adminMac, attachmentId, ...machines];
}
