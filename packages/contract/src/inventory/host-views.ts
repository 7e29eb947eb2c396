import { type PhysicalFunction, type VlanRange, vfOwners } from '@virtfn/model';
import type { HostList, HostSummary, PhysicalNetworkList } from '../v1/index.ts';
import { slotOf } from './slot-of.ts';
import type { ReportedHost, ReportedHosts } from './reported-host.ts';

const sum = (pfs: readonly PhysicalFunction[], figure: (pf: PhysicalFunction) => number): number =>
  pfs.reduce((total, pf) => total + figure(pf), 0);

/** A list of hosts is asked for often, and each line of it counts hundreds of VFs that are as they were. */
const summaries = new WeakMap<ReportedHost, HostSummary>();

/** One line of a list of hosts. */
export function summaryOfHost(host: ReportedHost): HostSummary {
  const known = summaries.get(host) ?? summarise(host);
  summaries.set(host, known);
  return known;
}

function summarise({ observed, findings, reportedAt, quarantined = [] }: ReportedHost): HostSummary {
  const { pfs } = observed;
  return {
    hostId: observed.hostId,
    simulated: observed.simulated,
    nics: new Set(pfs.map(slotOf)).size,
    pfs: pfs.length,
    vfs: {
      enabled: sum(pfs, (pf) => pf.numVfs),
      possible: sum(pfs, (pf) => pf.totalVfs),
      inUse: sum(pfs, (pf) => pf.vfs.filter((vf) => vfOwners(vf).length > 0).length),
      quarantined: quarantined.length,
    },
    findings: findings.length,
    reportedAt: reportedAt.toISOString(),
  };
}

/** All hosts with their figures. */
export function listHosts(fleet: ReportedHosts): HostList {
  const hosts = fleet.reports().map((host) => ({
    ...summaryOfHost(host),
    isAlive: fleet.isAlive(host.observed.hostId),
    lostAt: fleet.lostAt(host.observed.hostId)?.toISOString() ?? null,
  }));
  return { hosts };
}

/** Every physical network that has a VLAN range or a PF, by name. */
export function physicalNetworksOf(
  hosts: readonly ReportedHost[],
  ranges: readonly VlanRange[],
): PhysicalNetworkList {
  const pfs = new Map<string, { hostId: string; pf: string }[]>(
    ranges.map((range) => [range.physicalNetwork, []]),
  );
  for (const { observed, physicalNetworks } of hosts) {
    for (const [pf, names] of physicalNetworks) {
      for (const name of names) pfs.set(name, [...(pfs.get(name) ?? []), { hostId: observed.hostId, pf }]);
    }
  }
  const physicalNetworks = [...pfs]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([physicalNetwork, members]) => ({
      physicalNetwork,
      vlanRanges: ranges
        .filter((range) => range.physicalNetwork === physicalNetwork)
        .map(({ first, last }) => ({ first, last })),
      pfs: members,
    }));
  return { physicalNetworks };
}
