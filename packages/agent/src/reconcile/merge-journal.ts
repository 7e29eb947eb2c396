import type { DesiredHost, DesiredPf, ObservedHost, PciAddress, PfStep, VfAttribute } from '@virtfn/model';
import type { Claim } from '../journal/index.ts';

/** What the agent has learnt of a host in this life, beside what the kernel shows. */
export interface Learnt {
  /** Attributes that a PF's driver answered "not supported" to. */
  readonly refusedAttributes: ReadonlyMap<PciAddress, ReadonlySet<VfAttribute>>;
  /** Steps on PFs that failed: planned as not wanted, so that they hold nothing else up (invariant 7). */
  readonly heldSteps: ReadonlyMap<PciAddress, ReadonlySet<PfStep['kind']>>;
}

/** Joins what the kernel shows with whose each VF is and what drivers have refused. */
export function withJournal(observed: ObservedHost, claims: readonly Claim[], learnt: Learnt): ObservedHost {
  const owners = new Map(claims.map((claim) => [`${claim.pf}/${claim.vfIndex}`, claim.attachmentId]));
  const there = new Set(observed.pfs.flatMap((pf) => pf.vfs.map((vf) => `${pf.pciAddress}/${vf.vfIndex}`)));
  return {
    ...observed,
    orphans: claims.filter((claim) => !there.has(`${claim.pf}/${claim.vfIndex}`)),
    pfs: observed.pfs.map((pf) => ({
      ...pf,
      refusedAttributes: [...(learnt.refusedAttributes.get(pf.pciAddress) ?? [])],
      vfs: pf.vfs.map((vf) => {
        const attachmentId = owners.get(`${pf.pciAddress}/${vf.vfIndex}`) ?? null;
        return attachmentId === vf.attachmentId ? vf : { ...vf, attachmentId };
      }),
    })),
  };
}

/**
 * What is wanted, seen from the journal: attachments that nobody wants any more are to be released, quarantined
 * ones stay closed, and what failed on a PF stays as it is.
 */
export function desiredWithJournal(
  desired: DesiredHost,
  observed: ObservedHost,
  claims: readonly Claim[],
  learnt: Learnt,
): DesiredHost {
  const quarantined = new Set(
    claims.filter((claim) => claim.quarantine !== null).map((claim) => claim.attachmentId),
  );
  const wanted = new Set(
    desired.pfs.flatMap((pf) => pf.vfs.flatMap((vf) => (vf.kind === 'unmanaged' ? [] : [vf.attachmentId]))),
  );
  const unwanted = claims.map((claim) => claim.attachmentId).filter((id) => !wanted.has(id));
  const numVfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf.numVfs]));
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const vfs = pf.vfs.map((vf): DesiredPf['vfs'][number] =>
      vf.kind === 'attached' && quarantined.has(vf.attachmentId)
        ? { kind: 'quarantined', vfIndex: vf.vfIndex, attachmentId: vf.attachmentId }
        : vf,
    );
    const held = learnt.heldSteps.get(pf.pf);
    if (held === undefined) return { ...pf, vfs };
    const there = held.has('set-num-vfs') ? (numVfs.get(pf.pf) ?? 0) : pf.numVfs;
    return {
      ...pf,
      numVfs: there,
      eswitchMode: held.has('set-eswitch-mode') ? null : pf.eswitchMode,
      adminUp: pf.adminUp && !held.has('set-pf-up'),
      mtu: held.has('set-pf-mtu') ? null : pf.mtu,
      vfs: vfs.filter((vf) => vf.vfIndex < there),
    };
  });
  return { ...desired, pfs, releases: [...new Set([...desired.releases, ...unwanted])] };
}
