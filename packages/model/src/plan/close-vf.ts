import type { DriverCapability } from '../drivers/index.ts';
import { PLACEHOLDER_MAC } from '../ethernet/index.ts';
import type { VfSettings, VirtualFunction } from '../inventory/index.ts';
import type { PfPlanInput } from './plan-input.ts';
import type { Step, VfSetting } from './step.ts';
import { unboundVf } from './fresh-vf.ts';

// A closed VF passes nothing and keeps nothing of its last owner. Where the driver has a link state, disabling
// the link shuts it; where it has none (igb), having no driver bound does: nothing on host or in a guest can
// then make the VF send.

interface Closing {
  readonly steps: readonly Step[];
  /** The VF as it will be after the steps. */
  readonly after: VirtualFunction;
}

function isShut(vf: VirtualFunction, capability: DriverCapability): boolean {
  if (capability.attributes.linkState === 'no') return vf.driver === null;
  return (
    vf.settings?.linkState === 'disable' ||
    (vf.driver === null && capability.attributes.linkState === 'probe')
  );
}

function hasMac(settings: VfSettings): boolean {
  return settings.adminMac !== null && settings.adminMac !== PLACEHOLDER_MAC;
}

/** Whether nothing passes and nothing of an owner is left. */
export function isClosed(vf: VirtualFunction, capability: DriverCapability): boolean {
  const { settings } = vf;
  if (settings === null || !isShut(vf, capability)) return false;
  return (
    !hasMac(settings) &&
    settings.vlan === null &&
    settings.trust !== true &&
    settings.minTxRateMbps === null &&
    settings.maxTxRateMbps === null
  );
}

/** Shuts a VF: nothing passes any more. One whose driver would have to come off while a guest holds it stays as it is (K4). */
export function shutSteps(input: PfPlanInput, vf: VirtualFunction): Closing {
  const { pf, capability } = input;
  const isHeld = vf.users.some((user) => user.kind === 'vfio') && capability.attributes.linkState !== 'yes';
  if (isHeld || isShut(vf, capability) || vf.settings === null) return { steps: [], after: vf };
  const at = { pf: pf.pciAddress, vfIndex: vf.vfIndex };
  if (capability.attributes.linkState === 'yes') {
    const setting: VfSetting = { attribute: 'linkState', value: 'disable' };
    return {
      steps: [{ kind: 'set-vf', ...at, setting }],
      after: { ...vf, settings: { ...vf.settings, linkState: 'disable' } },
    };
  }
  return { steps: [{ kind: 'set-vf-driver', ...at, driver: 'none' }], after: unboundVf(vf) };
}

/** Whether the driver would take a rate now. Clearing one that it would refuse waits for the link. */
export function canSetRateNow(input: PfPlanInput): boolean {
  const { capability, pf } = input;
  return !capability.rates.needsLink || (pf.carrier && pf.adminUp);
}

/** Shuts a VF and takes away all that its last owner left: MAC, VLAN, trust, rates. */
export function closeSteps(input: PfPlanInput, vf: VirtualFunction): Closing {
  const { pf, capability } = input;
  const shutting = shutSteps(input, vf);
  const settings = shutting.after.settings;
  if (settings === null || isClosed(shutting.after, capability)) return shutting;
  const steps: Step[] = [...shutting.steps];
  const set = (setting: VfSetting): void => {
    steps.push({ kind: 'set-vf', pf: pf.pciAddress, vfIndex: vf.vfIndex, setting });
  };
  const after = { ...settings };
  if (settings.trust === true) {
    set({ attribute: 'trust', value: false });
    after.trust = false;
  }
  // A guest that still sends would send into another network without it.
  if (settings.vlan !== null && isShut(shutting.after, capability)) {
    set({ attribute: 'vlan', value: null });
    after.vlan = null;
  }
  if (hasMac(settings)) {
    set({ attribute: 'adminMac', value: null });
    after.adminMac = null;
  }
  const hasRate = settings.minTxRateMbps !== null || settings.maxTxRateMbps !== null;
  if (hasRate && canSetRateNow(input)) {
    set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: null } });
    after.minTxRateMbps = null;
    after.maxTxRateMbps = null;
  }
  return { steps, after: { ...shutting.after, settings: after } };
}

/** What of its last owner a VF still has, for people: empty for a closed VF of any driver. */
export function closedProblems(vf: VirtualFunction): readonly string[] {
  const { settings } = vf;
  if (settings === null) return ['its driver does not report it'];
  const problems: string[] = [];
  if (vf.driver !== null && settings.linkState !== 'disable') problems.push('its link is open');
  if (hasMac(settings)) problems.push(`MAC ${settings.adminMac}`);
  if (settings.vlan !== null) problems.push(`VLAN ${settings.vlan.id}`);
  if (settings.trust === true) problems.push('trust');
  if (settings.minTxRateMbps !== null || settings.maxTxRateMbps !== null) problems.push('rates');
  return problems;
}
