import type { DesiredPf } from '../desired/index.ts';
import { effectiveCapability } from '../drivers/index.ts';
import type { PhysicalFunction } from '../inventory/index.ts';
import { freshVf } from './fresh-vf.ts';
import { planFdb } from './plan-fdb.ts';
import { type Refusal, refusal } from './plan.ts';
import { type PfPlanInput, type PlanContext, type ReloadPlan, vfKey } from './plan-input.ts';
import { planEswitchMode, planVfCount, type VfCountPlan } from './plan-vf-count.ts';
import { planVf } from './plan-vf.ts';
import type { Step } from './step.ts';

/** Plans one PF and its VFs, appending to `steps` and `refusals`. */
export function planPf(
  desired: DesiredPf,
  pf: PhysicalFunction,
  context: PlanContext,
  reload: ReloadPlan | null,
  steps: Step[],
  refusals: Refusal[],
): void {
  const mode = planEswitchMode(desired, pf, refusals);
  const input: PfPlanInput = {
    desired,
    pf,
    context,
    mode,
    capability: effectiveCapability(pf, mode),
    reload,
  };
  const begin = steps.length;
  const count = planVfCount(input, steps, refusals);
  if (desired.mtu !== null && pf.mtu !== desired.mtu) {
    steps.push({ kind: 'set-pf-mtu', pf: desired.pf, mtu: desired.mtu });
  }
  // A change of mode that is refused leaves the VFs with what the present mode allows.
  const stays = count.mode !== mode;
  planVfs(
    stays ? { ...input, mode: count.mode, capability: effectiveCapability(pf, count.mode) } : input,
    count,
    steps,
    refusals,
  );
  const { removals, additions } = planFdb(input, count, steps, refusals);
  steps.splice(begin, 0, ...removals);
  steps.push(...additions);
}

function planVfs(input: PfPlanInput, count: VfCountPlan, steps: Step[], refusals: Refusal[]): void {
  const { desired, pf } = input;
  const wanted = new Map(desired.vfs.map((vf) => [vf.vfIndex, vf]));
  if (count.recreated) {
    const lost = new Map(pf.vfs.map((vf) => [vf.vfIndex, vf.attachmentId]));
    for (let vfIndex = 0; vfIndex < count.numVfs; vfIndex += 1) {
      const target = wanted.get(vfIndex);
      const before = lost.get(vfIndex) ?? null;
      const isKept = target !== undefined && target.kind !== 'unmanaged' && target.attachmentId === before;
      const attachmentId = isKept
        ? before
        : (input.context.orphans.get(vfKey(pf.pciAddress, vfIndex)) ?? null);
      planVf(input, target, freshVf(pf, vfIndex, attachmentId), steps, refusals);
    }
  } else {
    for (const vf of pf.vfs) {
      planVf(input, wanted.get(vf.vfIndex), vf, steps, refusals);
    }
  }
  for (const vf of desired.vfs) {
    if (vf.vfIndex < count.numVfs || vf.kind === 'unmanaged') continue;
    refusals.push(
      refusal(
        { pf: desired.pf, vfIndex: vf.vfIndex },
        count.refusedBy ?? 'VF_INDEX_INVALID',
        `Cannot serve attachment ${vf.attachmentId} with VF ${vf.vfIndex} of PF ${desired.pf}: only ${count.numVfs} VFs are there and their number cannot be changed`,
        { attachment: vf.attachmentId },
      ),
    );
  }
}

/** A PF of which nothing is wanted: only what is to be given back on it is closed and released. */
export function planReleases(
  pf: PhysicalFunction,
  context: PlanContext,
  steps: Step[],
  refusals: Refusal[],
): void {
  const released = pf.vfs.filter((vf) => vf.attachmentId !== null && context.releases.has(vf.attachmentId));
  if (released.length === 0) return;
  const desired: DesiredPf = {
    pf: pf.pciAddress,
    numVfs: pf.numVfs,
    moduleOption: null,
    eswitchMode: null,
    adminUp: false,
    mtu: null,
    localMacs: null,
    vfs: [],
  };
  const capability = effectiveCapability(pf, pf.eswitchMode);
  const input: PfPlanInput = { desired, pf, context, mode: pf.eswitchMode, capability, reload: null };
  for (const vf of released) planVf(input, undefined, vf, steps, refusals);
}
