import { family, type MetricFamily } from '@virtfn/contract/metrics';
import type { PfCounters } from '@virtfn/host';
import {
  driftOf,
  type Finding,
  type ObservedHost,
  type PciAddress,
  type PhysicalNetwork,
} from '@virtfn/model';
import type { Look, Reconciled } from '../agent.ts';
import type { Claim } from '../journal/index.ts';
import type { MemberWanted } from '../ports/index.ts';
import { AGENT_METRICS as METRICS } from './catalog.ts';
import { pfFamilies } from './pf-families.ts';
import { portsOfVfs } from './ports-of-vfs.ts';
import { vfFamilies } from './vf-families.ts';

/** A host as a look has left it. */
export interface SeenHost {
  /** With owners. */
  readonly observed: ObservedHost;
  readonly findings: readonly Finding[];
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
  /** Whose each VF is, and which stay closed. */
  readonly claims: readonly Claim[];
}

export interface HostFacts extends SeenHost {
  /** How the last repair ended; null: there was none. */
  readonly reconciled: Reconciled<MemberWanted> | null;
  readonly counters: readonly PfCounters[];
}

/** A host, its PFs and its VFs, as they were read last. Pure. */
export function hostFamilies(facts: HostFacts): readonly MetricFamily[] {
  const { observed, findings, physicalNetworks, claims, reconciled } = facts;
  const { hostId: host, bootId, simulated, orphans, pfs } = observed;
  const closed = claims.filter(({ quarantine }) => quarantine !== null);
  const quarantined = new Set(closed.map(({ attachmentId }) => attachmentId));
  const counters = new Map(facts.counters.map((each) => [each.pf, each]));
  const drift = reconciled && driftOf(reconciled.wanted.desired, reconciled.observed, reconciled.plan);
  const ports = reconciled === null ? new Map() : portsOfVfs(reconciled.wanted, reconciled.domains);
  return [
    family(METRICS.hostInfo, [[{ host, boot_id: bootId, simulated: String(simulated) }, 1]]),
    family(METRICS.orphans, [[{}, orphans.length]]),
    family(
      METRICS.findings,
      [...Map.groupBy(findings, ({ code }) => code)].map(([code, all]) => [
        { code, severity: all[0]?.severity ?? '' },
        all.length,
      ]),
    ),
    ...pfFamilies({ host, pfs, physicalNetworks, quarantined, drift, counters }),
    ...vfFamilies({ host, pfs, ports, counters }),
  ];
}

/** How the last look ended. */
export function lookFamilies(look: Look | null): readonly MetricFamily[] {
  const problems = look?.problems ?? [];
  return [
    family(METRICS.asWanted, look === null ? [] : [[{}, Number(look.isAsWanted && problems.length === 0)]]),
    family(
      METRICS.problems,
      [...Map.groupBy(problems, ({ code }) => code)].map(([code, all]) => [{ code }, all.length]),
    ),
  ];
}
