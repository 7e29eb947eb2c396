import { capabilityOfDriver } from '../drivers/index.ts';
import {
  type ObservedHost,
  type PhysicalFunction,
  type VirtualFunction,
  vfOwners,
} from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { Step } from './step.ts';

/** One thing that the steps would take away for a moment or for good. */
export interface Loss {
  readonly pf: PciAddress;
  /** null: the PF itself. */
  readonly vfIndex: number | null;
  /** `vf-reset`: the VF's traffic stops until its driver is back. `pf-link-drop`: the PF's own traffic stops. `pf-reload`: it goes away and comes back. */
  readonly effect: 'pf-reload' | 'vf-removed' | 'vf-unbound' | 'vf-reset' | 'pf-link-drop' | 'eswitch-change';
  /** Who would notice, spelled as `vfOwners` does. Empty: nobody. */
  readonly owners: readonly string[];
}

export type BlastRadius = readonly Loss[];

const EFFECTS: Readonly<Record<Loss['effect'], string>> = {
  'pf-reload': 'goes away and comes back',
  'vf-removed': 'is removed',
  'vf-unbound': 'loses its driver',
  'vf-reset': 'is reset',
  'pf-link-drop': 'loses its link for a moment',
  'eswitch-change': 'changes its eswitch mode',
};

/** What is taken away, for people; from whom stands beside it. */
export function describeLoss({ pf, vfIndex, effect }: Loss): string {
  return `${vfIndex === null ? 'PF' : `VF ${vfIndex} of PF`} ${pf} ${EFFECTS[effect]}`;
}

function pfOwners(pf: PhysicalFunction): readonly string[] {
  return pf.carriesDefaultRoute
    ? [`default route of the host through ${pf.netdevName ?? pf.pciAddress}`]
    : [];
}

function lossesOf(step: Step, pf: PhysicalFunction): readonly Loss[] {
  const capability = capabilityOfDriver(pf.driver ?? '');
  const ofPf = (effect: Loss['effect']): Loss => ({
    pf: pf.pciAddress,
    vfIndex: null,
    effect,
    owners: pfOwners(pf),
  });
  const ofVf = (vf: VirtualFunction, effect: Loss['effect']): Loss => ({
    pf: pf.pciAddress,
    vfIndex: vf.vfIndex,
    effect,
    owners: vfOwners(vf),
  });
  /** Only a VF with a driver has somebody to notice. */
  const ofBound = (vfIndex: number, effect: Loss['effect']): readonly Loss[] => {
    const vf = pf.vfs.find((each) => each.vfIndex === vfIndex);
    return vf === undefined || vf.driver === null ? [] : [ofVf(vf, effect)];
  };
  if (step.kind === 'set-num-vfs') {
    const removed = step.from > 0 ? pf.vfs.map((vf) => ofVf(vf, 'vf-removed')) : [];
    return capability.vfCountDropsPfLink ? [...removed, ofPf('pf-link-drop')] : removed;
  }
  if (step.kind === 'reload-driver') {
    return [ofPf('pf-reload'), ...pf.vfs.map((vf) => ofVf(vf, 'vf-removed'))];
  }
  if (step.kind === 'set-eswitch-mode') return [ofPf('eswitch-change')];
  if (step.kind === 'set-vf-driver') return ofBound(step.vfIndex, 'vf-unbound');
  if (step.kind === 'set-vf' && capability.macTakesEffect === 'reset')
    return ofBound(step.vfIndex, 'vf-reset');
  return [];
}

/** Steps that never take anything away; most steps of most plans. */
function isHarmless(step: Step): boolean {
  if (step.kind === 'reload-driver') return false;
  if (step.kind === 'set-vf') return step.setting.attribute !== 'adminMac';
  return !(step.kind === 'set-num-vfs' || step.kind === 'set-eswitch-mode' || step.kind === 'set-vf-driver');
}

/** What the steps would take away, and from whom. Pure; each loss once, in the order of the steps. */
export function blastRadiusOf(steps: readonly Step[], observed: ObservedHost): BlastRadius {
  const pfs = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  const losses = new Map<string, Loss>();
  for (const step of steps) {
    if (isHarmless(step)) continue;
    const hit = step.kind === 'reload-driver' ? step.pfs : [step.pf];
    const touched = hit.map((address) => pfs.get(address)).filter((pf) => pf !== undefined);
    for (const loss of touched.flatMap((pf) => lossesOf(step, pf))) {
      const key = `${loss.pf} ${loss.vfIndex} ${loss.effect}`;
      if (!losses.has(key)) losses.set(key, loss);
    }
  }
  return [...losses.values()];
}
