import { type PhysicalFunction, vfOwners } from '@virtfn/model';
import type {
  FindingList,
  FindingQueryDocument,
  MachineList,
  MachineQueryDocument,
  NicList,
  NicQueryDocument,
  PfList,
  PfQueryDocument,
} from '../v1/index.ts';
import { type Keyed, pageOfHosts } from './page.ts';
import type { ReportedHost, ReportedHosts } from './reported-host.ts';
import { slotOf } from './slot-of.ts';
import { wireNetworks, wirePfs } from './wire-pfs.ts';

type PfRow = PfList['pfs'][number];
type NicRow = NicList['nics'][number];
type MachineRow = MachineList['machines'][number];
type FindingRow = FindingList['findings'][number];

/** PFs of all hosts. */
export async function listPfs(fleet: ReportedHosts, query: PfQueryDocument): Promise<PfList> {
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

function pfsOfHost(host: ReportedHost, fleet: ReportedHosts): readonly Keyed<PfRow>[] {
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
export async function listNics(fleet: ReportedHosts, query: NicQueryDocument): Promise<NicList> {
  const page = await pageOfHosts(fleet.reports(), query, async (hosts) =>
    hosts.flatMap((host) => nicsOfHost(host, fleet)),
  );
  return { nics: [...page.rows], next: page.next };
}

/** What sits in one slot is one card. */
function nicsOfHost({ observed }: ReportedHost, fleet: ReportedHosts): readonly Keyed<NicRow>[] {
  const { hostId } = observed;
  const bySlot = Map.groupBy(observed.pfs, slotOf);
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

/** Virtual machines that hosts have told of. */
export async function listMachines(fleet: ReportedHosts, query: MachineQueryDocument): Promise<MachineList> {
  const { vm } = query;
  const page = await pageOfHosts(fleet.reports(), query, async (hosts) =>
    hosts.flatMap(({ observed: { hostId }, machines = [] }) =>
      machines
        .filter(({ name, domainId }) => vm === undefined || name === vm || domainId === vm.toLowerCase())
        .map(
          (machine): Keyed<MachineRow> => ({
            key: `${hostId}/${machine.domainId}`,
            row: { hostId, isAlive: fleet.isAlive(hostId), ...machine },
          }),
        ),
    ),
  );
  return { machines: [...page.rows], next: page.next };
}

/** What stands out about hosts. */
export async function listFindings(fleet: ReportedHosts, query: FindingQueryDocument): Promise<FindingList> {
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
