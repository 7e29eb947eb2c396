import { capabilityOfDriver } from '../drivers/index.ts';
import { findPf, type ObservedHost, type PhysicalFunction, vfOwners } from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { Step } from './step.ts';

/** One thing that the steps would take away for a moment or for good. */
export interface Loss {
  readonly pf: PciAddress;
  /** null: the PF itself. */
  readonly vfIndex: number | null;
  /** `vf-reset`: the VF's traffic stops until its driver is back. `pf-link-drop`: the PF's own traffic stops. */
  readonly effect: 'vf-removed' | 'vf-unbound' | 'vf-reset' | 'pf-link-drop' | 'eswitch-change';
  /** Who would notice, spelled as `vfOwners` does. Empty: nobody. */
  readonly owners: readonly string[];
}

export type BlastRadius = readonly Loss[];

function pfOwners(pf: PhysicalFunction): readonly string[] {
  return pf.carriesDefaultRoute
    ? [`default route of the host through ${pf.netdevName ?? pf.pciAddress}`]
    : [];
}

function* lossesOf(step: Step, pf: PhysicalFunction): Iterable<Loss> {
  const capability = capabilityOfDriver(pf.driver ?? '');
  switch (step.kind) {
    case 'set-num-vfs':
      if (step.from > 0) {
        for (const vf of pf.vfs) {
          yield { pf: pf.pciAddress, vfIndex: vf.vfIndex, effect: 'vf-removed', owners: vfOwners(vf) };
        }
      }
      if (capability.vfCountDropsPfLink) {
        yield { pf: pf.pciAddress, vfIndex: null, effect: 'pf-link-drop', owners: pfOwners(pf) };
      }
      return;
    case 'set-eswitch-mode':
      yield { pf: pf.pciAddress, vfIndex: null, effect: 'eswitch-change', owners: pfOwners(pf) };
      return;
    case 'set-vf-driver': {
      const vf = pf.vfs.find((each) => each.vfIndex === step.vfIndex);
      if (vf !== undefined && vf.driver !== null) {
        yield { pf: pf.pciAddress, vfIndex: step.vfIndex, effect: 'vf-unbound', owners: vfOwners(vf) };
      }
      return;
    }
    case 'set-vf': {
      const vf = pf.vfs.find((each) => each.vfIndex === step.vfIndex);
      const resets = step.setting.attribute === 'adminMac' && capability.macTakesEffect === 'reset';
      if (resets && vf !== undefined && vf.driver !== null) {
        yield { pf: pf.pciAddress, vfIndex: step.vfIndex, effect: 'vf-reset', owners: vfOwners(vf) };
      }
      return;
    }
  }
}

/** What the steps would take away, and from whom. Pure; each loss once, in the order of the steps. */
export function blastRadiusOf(steps: readonly Step[], observed: ObservedHost): BlastRadius {
  const losses = new Map<string, Loss>();
  for (const step of steps) {
    const pf = findPf(observed, step.pf);
    if (pf === undefined) continue;
    for (const loss of lossesOf(step, pf)) {
      const key = `${loss.pf} ${loss.vfIndex} ${loss.effect}`;
      if (!losses.has(key)) losses.set(key, loss);
    }
  }
  return [...losses.values()];
}
