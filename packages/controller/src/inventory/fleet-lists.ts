import type {
  FindingList,
  FindingQueryDocument,
  NicList,
  NicQueryDocument,
  PfList,
  PfQueryDocument,
} from '@virtfn/contract';
import { type PhysicalFunction, vfOwners } from '@virtfn/model';
import type { StoredHost } from '../store/index.ts';
import type { LiveFleet } from './live-fleet.ts';
import { type Keyed, pageOfHosts } from './page.ts';
import { wireNetworks, wirePfs } from './wire-pfs.ts';

type PfRow = PfList['pfs'][number];
type NicRow = NicList['nics'][number];
type FindingRow = FindingList['findings'][number];

/** PFs of all hosts. */
export async function listPfs(fleet: LiveFleet, query: PfQueryDocument): Promise<PfList> {
  const { pciAddress, physicalNetwork, driver, link } = query;
  const isAsked = ({ pf, physicalNetworks }: PfRow): boolean =>
    (pciAddress === undefined || pf.pciAddress === pciAddress) &&
    (driver === undefined || pf.driver === driver) &&
    (link === undefined || pf.carrier === (link === 'up')) &&
    (physicalNetwork === undefined || physicalNetworks.includes(physicalNetwork));
  const page = await pageOfHosts(fleet.reports(), query, async (hosts) =>
    hosts.flatMap((host) => pfsOfHost(host, fleet).filter(({ row }) => isAsked(row))),
  );
  return { pfs: [...page.rows], next: page.next };
}

function pfsOfHost(host: StoredHost, fleet: LiveFleet): readonly Keyed<PfRow>[] {
  const { hostId } = host.observed;
  return wirePfs(host).map(({ vfs, ...pf }) => ({
    key: `${hostId}/${pf.pciAddress}`,
    row: {
      hostId,
      isAlive: fleet.isAlive(hostId),
      physicalNetworks: wireNetworks(host, pf.pciAddress),
      vfs: {
        enabled: pf.numVfs,
        possible: pf.totalVfs,
        inUse: vfs.filter((vf) => vf.attachmentId !== null || vf.users.length > 0).length,
      },
      pf,
    },
  }));
}

/** Cards of all hosts. */
export async function listNics(fleet: LiveFleet, query: NicQueryDocument): Promise<NicList> {
  const page = await pageOfHosts(fleet.reports(), query, async (hosts) =>
    hosts.flatMap((host) => nicsOfHost(host, fleet)),
  );
  return { nics: [...page.rows], next: page.next };
}

/** What sits in one slot is one card: a PCI device's functions share its address up to the dot. */
function nicsOfHost({ observed }: StoredHost, fleet: LiveFleet): readonly Keyed<NicRow>[] {
  const { hostId } = observed;
  const bySlot = Map.groupBy(observed.pfs, ({ pciAddress }) => pciAddress.slice(0, pciAddress.indexOf('.')));
  return [...bySlot].flatMap(([slot, pfs]) => {
    const [first] = pfs;
    if (first === undefined) return [];
    const { vendorName, productName, driver, serial, firmware, numaNode } = first;
    const row: NicRow = {
      hostId,
      isAlive: fleet.isAlive(hostId),
      slot,
      vendorName,
      productName,
      driver,
      serial,
      firmware,
      numaNode,
      pfs: pfs.map(({ pciAddress, netdevName, carrier, linkMbps }) => ({
        pf: pciAddress,
        netdevName,
        carrier,
        linkMbps,
      })),
      vfs: {
        enabled: total(pfs, (pf) => pf.numVfs),
        possible: total(pfs, (pf) => pf.totalVfs),
        inUse: total(pfs, (pf) => pf.vfs.filter((vf) => vfOwners(vf).length > 0).length),
      },
    };
    return [{ key: `${hostId}/${slot}`, row }];
  });
}

const total = (pfs: readonly PhysicalFunction[], figure: (pf: PhysicalFunction) => number): number =>
  pfs.reduce((sum, pf) => sum + figure(pf), 0);

/** What stands out about hosts. */
export async function listFindings(fleet: LiveFleet, query: FindingQueryDocument): Promise<FindingList> {
  const { code, severity } = query;
  const page = await pageOfHosts(fleet.reports(), query, async (hosts) =>
    hosts.flatMap(({ observed: { hostId }, findings }) =>
      findings
        .map(
          (finding, index): Keyed<FindingRow> => ({
            key: `${hostId}/${String(index).padStart(4, '0')}`,
            row: { hostId, ...finding },
          }),
        )
        .filter(
          ({ row }) =>
            (code === undefined || row.code === code) &&
            (severity === undefined || row.severity === severity),
        ),
    ),
  );
  return { findings: [...page.rows], next: page.next };
}
