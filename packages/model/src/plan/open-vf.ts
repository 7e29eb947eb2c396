import type { DesiredVf } from '../desired/index.ts';
import { isVfioDriver } from '../drivers/index.ts';
import { heldMac, isHeldMac, isSameVlan } from '../ethernet/index.ts';
import type { VfSettings, VirtualFunction } from '../inventory/index.ts';
import { canSetRateNow } from './close-vf.ts';
import { unboundVf } from './fresh-vf.ts';
import { type Refusal, refusal } from './plan.ts';
import type { PfPlanInput } from './plan-input.ts';
import type { Step, VfSetting } from './step.ts';

type AttachedVf = Extract<DesiredVf, { kind: 'attached' }>;

/**
 * Plans what a VF that already belongs to its attachment still lacks. Security settings come first, then the
 * driver, and the link state last, because that is what opens it.
 */
export function openSteps(
  input: PfPlanInput,
  asked: AttachedVf,
  vf: VirtualFunction,
  steps: Step[],
  refusals: Refusal[],
): void {
  const { settings } = vf;
  if (settings === null) return;
  const wanted = asked.isMacHeld === true && isMacKnown(input, asked, vf) ? withHeldMac(asked) : asked;
  const at = { pf: input.pf.pciAddress, vfIndex: vf.vfIndex };
  let state = vf;
  if (needsUnbinding(input, wanted, vf)) {
    if (vf.users.length > 0) {
      const what = wanted.driver === 'vfio-pci' ? 'give driver vfio-pci to' : 'bind the driver anew of';
      const message = `Cannot ${what} VF ${vf.vfIndex} of PF ${at.pf}: its user would lose it; it takes effect when the user lets go`;
      refusals.push(refusal(at, 'VF_IN_USE', message));
    } else {
      steps.push({ kind: 'set-vf-driver', ...at, driver: 'none' });
      state = unboundVf(vf);
    }
  }
  for (const setting of missingSettings(input, wanted, state, settings, refusals))
    steps.push({ kind: 'set-vf', ...at, setting });
  if (state.driver === null) steps.push({ kind: 'set-vf-driver', ...at, driver: wanted.driver });
  // The netdev of a VF that is about to be bound has the MTU that its driver starts with, which is not known.
  const hasNetdev = state.driver === null ? wanted.driver === 'kernel' : !isVfioDriver(state.driver);
  if (wanted.mtu !== null && hasNetdev && state.mtu !== wanted.mtu) {
    steps.push({ kind: 'set-vf-mtu', ...at, mtu: wanted.mtu });
  }
  if (settings.linkState !== wanted.settings.linkState) {
    steps.push({
      kind: 'set-vf',
      ...at,
      setting: { attribute: 'linkState', value: wanted.settings.linkState },
    });
  }
}

/**
 * Whether the VF's own driver needs no more to be told its MAC: it has it, or it is none of this host's. A driver that takes
 * it when it is loaded only would not get it from a card that holds it back.
 */
function isMacKnown({ capability }: PfPlanInput, wanted: AttachedVf, vf: VirtualFunction): boolean {
  if (wanted.driver === 'vfio-pci' || capability.macTakesEffect !== 'reload') return true;
  return vf.driver !== null && vf.effectiveMac === wanted.settings.adminMac;
}

function withHeldMac(wanted: AttachedVf): AttachedVf {
  return { ...wanted, settings: { ...wanted.settings, adminMac: heldMac(wanted.attachmentId) } };
}

/** Whether the driver must come off: it is the wrong one, or it must be loaded again to see its MAC. */
function needsUnbinding(input: PfPlanInput, wanted: AttachedVf, vf: VirtualFunction): boolean {
  if (vf.driver === null) return false;
  const isVfio = isVfioDriver(vf.driver);
  if (isVfio !== (wanted.driver === 'vfio-pci')) return true;
  if (isVfio || input.capability.macTakesEffect !== 'reload') return false;
  const mac = wanted.settings.adminMac;
  // Held back at the card alone: the VF's own driver goes on with the MAC that it will have again.
  if (isHeldMac(mac)) return false;
  return mac !== null && vf.effectiveMac !== null && vf.effectiveMac !== mac;
}

/** Whether the MAC that the PF shows is the VF's own pick, and nobody's setting. */
function isOwnMac({ capability }: PfPlanInput, vf: VirtualFunction, has: VfSettings): boolean {
  if (capability.attributes.adminMac === 'no') return true;
  if (!capability.reportsOwnMac || vf.driver === null) return false;
  return vf.effectiveMac === null || vf.effectiveMac === has.adminMac;
}

function* missingSettings(
  input: PfPlanInput,
  wanted: AttachedVf,
  vf: VirtualFunction,
  has: VfSettings,
  refusals: Refusal[],
): Iterable<VfSetting> {
  const { attributes } = input.capability;
  const want = wanted.settings;
  if (attributes.spoofCheck !== 'no' && has.spoofCheck !== want.spoofCheck) {
    yield { attribute: 'spoofCheck', value: want.spoofCheck };
  }
  if (attributes.trust !== 'no' && has.trust !== want.trust) yield { attribute: 'trust', value: want.trust };
  if (!isSameVlan(has.vlan, want.vlan)) yield { attribute: 'vlan', value: want.vlan };
  if (has.adminMac !== want.adminMac && !(want.adminMac === null && isOwnMac(input, vf, has))) {
    yield { attribute: 'adminMac', value: want.adminMac };
  }
  if (has.minTxRateMbps === want.minTxRateMbps && has.maxTxRateMbps === want.maxTxRateMbps) return;
  if (canSetRateNow(input)) {
    yield {
      attribute: 'rate',
      value: { minTxRateMbps: want.minTxRateMbps, maxTxRateMbps: want.maxTxRateMbps },
    };
    return;
  }
  // Everything else of the port works without it, so the rest is not held back.
  const message = `Cannot set rates on VF ${wanted.vfIndex} of PF ${input.pf.pciAddress}: driver ${input.capability.driver} takes them only while the link is up`;
  refusals.push(refusal({ pf: input.pf.pciAddress, vfIndex: wanted.vfIndex }, 'LINK_DOWN', message));
}
