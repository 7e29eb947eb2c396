import type { HostDocument, HostSummary } from '@virtfn/contract';
import { type PhysicalFunction, vfOwners } from '@virtfn/model';
import type { StoredHost } from '../store/index.ts';

const sum = (pfs: readonly PhysicalFunction[], figure: (pf: PhysicalFunction) => number): number =>
  pfs.reduce((total, pf) => total + figure(pf), 0);

/** One line of a list of hosts. */
export function summaryOfHost({ observed, findings, reportedAt }: StoredHost): HostSummary {
  const { pfs } = observed;
  return {
    hostId: observed.hostId,
    simulated: observed.simulated,
    pfs: pfs.length,
    vfs: {
      enabled: sum(pfs, (pf) => pf.numVfs),
      possible: sum(pfs, (pf) => pf.totalVfs),
      inUse: sum(pfs, (pf) => pf.vfs.filter((vf) => vfOwners(vf).length > 0).length),
    },
    findings: findings.length,
    reportedAt: reportedAt.toISOString(),
  };
}

/** One host with everything that its agent read. */
export function documentOfHost({
  observed,
  findings,
  physicalNetworks,
  reportedAt,
}: StoredHost): HostDocument {
  // The model's lists are read-only, the wire's types are not; nothing here changes them.
  return structuredClone({
    hostId: observed.hostId,
    simulated: observed.simulated,
    bootId: observed.bootId,
    reportedAt: reportedAt.toISOString(),
    physicalNetworks,
    findings,
    pfs: observed.pfs,
  }) as unknown as HostDocument;
}
