import { describeLoss, describeStep, type Drift, type ObservedHost, type Plan } from '@virtfn/model';
import type { HostReport } from '../host-report.ts';
import type { DriftDocument, HostDocument, PlanDocument } from './schemas.ts';

/** One host with everything that its agent read. */
export function documentOfHost(
  { observed, findings, physicalNetworks, machines, canFilter, drift, quarantined }: HostReport,
  reportedAt: Date,
): HostDocument {
  // The model's lists are read-only, the wire's types are not; nothing here changes them.
  return structuredClone({
    hostId: observed.hostId,
    simulated: observed.simulated,
    bootId: observed.bootId,
    reportedAt: reportedAt.toISOString(),
    physicalNetworks: Object.fromEntries(physicalNetworks),
    findings,
    numaNodes: observed.numaNodes,
    ...(machines === undefined ? {} : { machines }),
    ...(canFilter === undefined ? {} : { canFilter }),
    ...(drift === undefined ? {} : { drift }),
    ...(quarantined === undefined ? {} : { quarantined }),
    pfs: observed.pfs,
  }) as unknown as HostDocument;
}

/**
 * A host document as the model has it. It comes from an agent, whose own model it was, so that its strings are trusted
 * to be what they were.
 */
export function observedOfDocument(document: HostDocument): ObservedHost {
  const { hostId, bootId, simulated, numaNodes = [], pfs } = document;
  // A host that has not reported since an update says nothing of forwarding entries, nor of NUMA nodes.
  const complete = pfs.map((pf) => ({ ...pf, fdb: pf.fdb ?? [] }));
  return {
    hostId,
    bootId,
    simulated,
    numaNodes,
    pfs: complete,
    orphans: [],
    fdbClaims: [],
  } as unknown as ObservedHost;
}

/** Differences as the wire has them. */
export function documentsOfDrift(drift: readonly Drift[]): readonly DriftDocument[] {
  return drift.map(({ refusal, ...each }) => ({
    ...each,
    refused: refusal === null ? null : { code: refusal.code, message: refusal.message },
  }));
}

/** A plan as the wire has it, every step with its words. */
export function documentOfPlan({ steps, refusals, blastRadius }: Plan): PlanDocument {
  return {
    steps: steps.map((step) => ({ ...step, text: describeStep(step) })),
    refusals: refusals.map(({ pf, vfIndex, code, message, hint }) => ({ pf, vfIndex, code, message, hint })),
    blastRadius: blastRadius.map((loss) => ({ ...loss, owners: [...loss.owners], text: describeLoss(loss) })),
  };
}
