import type {
  DesiredHost,
  DesiredPf,
  DesiredVfSettings,
  ObservedHost,
  PciAddress,
  PfStep,
  VfAttribute,
  VfSettings,
} from '@virtfn/model';
import type { Claim } from '../journal/index.ts';

/** What the agent has learnt of a host in this life, beside what the kernel shows. */
export interface Learnt {
  /** Attributes that a PF's driver answered "not supported" to. */
  readonly refusedAttributes: ReadonlyMap<PciAddress, ReadonlySet<VfAttribute>>;
  /** Steps on PFs that failed: planned as not wanted, so that they hold nothing else up (invariant 7). */
  readonly heldSteps: ReadonlyMap<PciAddress, ReadonlySet<PfStep['kind']>>;
  /** VFs that get back what they had, because a new setting failed; by PF and number (`0000:82:00.0/3`). */
  readonly restored: ReadonlyMap<string, VfSettings>;
}

const NOTHING_LEARNT: Learnt = {
  refusedAttributes: new Map(),
  heldSteps: new Map(),
  restored: new Map(),
};

/** Joins what the kernel shows with whose each VF is and what drivers have refused. */
export function withJournal(
  observed: ObservedHost,
  claims: readonly Claim[],
  learnt: Learnt = NOTHING_LEARNT,
): ObservedHost {
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
    const vfs = pf.vfs.map((vf): DesiredPf['vfs'][number] => {
      if (vf.kind !== 'attached') return vf;
      if (quarantined.has(vf.attachmentId))
        return { kind: 'quarantined', vfIndex: vf.vfIndex, attachmentId: vf.attachmentId };
      const had = learnt.restored.get(`${pf.pf}/${vf.vfIndex}`);
      return had === undefined ? vf : { ...vf, settings: settingsAgain(had, vf.settings) };
    });
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

/** What a VF had, as a wish. What its driver does not report stays as it is wanted now. */
function settingsAgain(had: VfSettings, wanted: DesiredVfSettings): DesiredVfSettings {
  return { ...had, spoofCheck: had.spoofCheck ?? wanted.spoofCheck, trust: had.trust ?? wanted.trust };
}
