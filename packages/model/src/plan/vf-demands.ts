import type { DesiredPf, DesiredVf } from '../desired/index.ts';
import type { DriverCapability, VfAttribute } from '../drivers/index.ts';
import type { PhysicalFunction, VfSettings } from '../inventory/index.ts';
import { type Refusal, refusal } from './plan.ts';

type AttachedVf = Extract<DesiredVf, { kind: 'attached' }>;

/** Attributes that ask the driver for something. The others ask for what a driver without them does anyway. */
function demandedAttributes({ settings }: AttachedVf): readonly VfAttribute[] {
  const demanded: VfAttribute[] = [];
  if (settings.adminMac !== null) demanded.push('adminMac');
  if (settings.vlan !== null) demanded.push('vlan');
  if (settings.spoofCheck) demanded.push('spoofCheck');
  if (settings.trust) demanded.push('trust');
  if (settings.linkState !== 'auto') demanded.push('linkState');
  if (settings.minTxRateMbps !== null) demanded.push('minTxRateMbps');
  if (settings.maxTxRateMbps !== null) demanded.push('maxTxRateMbps');
  return demanded;
}

function rateProblem(vf: AttachedVf, pf: PhysicalFunction, capability: DriverCapability): string | null {
  const { minTxRateMbps: min, maxTxRateMbps: max } = vf.settings;
  for (const rate of [min, max]) {
    if (rate === null) continue;
    if (!Number.isInteger(rate) || rate < capability.rates.smallestMbps) {
      return `${rate} Mbit/s is not a whole number from ${capability.rates.smallestMbps}`;
    }
    if (pf.linkMbps !== null && rate > pf.linkMbps)
      return `${rate} Mbit/s is more than the link's ${pf.linkMbps}`;
  }
  if (min !== null && max !== null && min > max) return `the minimum ${min} is above the maximum ${max}`;
  const only = capability.rates.onlyAtLinkMbps;
  if ((min !== null || max !== null) && only !== null && pf.linkMbps !== null && pf.linkMbps !== only) {
    return `driver ${capability.driver} takes rates only on a link of ${only} Mbit/s, this one has ${pf.linkMbps}`;
  }
  return null;
}

/**
 * Checks what an attachment asks for against what the PF can do. The first thing that cannot be had refuses the
 * whole VF: it is never opened without something that was asked for (invariant 6).
 */
export function refuseDemands(
  vf: AttachedVf,
  desired: DesiredPf,
  pf: PhysicalFunction,
  capability: DriverCapability,
  has: VfSettings,
): Refusal | null {
  const at = { pf: pf.pciAddress, vfIndex: vf.vfIndex };
  const subject = `on VF ${vf.vfIndex} of PF ${pf.pciAddress}`;
  for (const attribute of demandedAttributes(vf)) {
    if (capability.attributes[attribute] !== 'no') continue;
    const message = `Cannot set ${attribute} ${subject}: driver ${capability.driver} of ${pf.productName} does not have it`;
    return refusal(at, 'ATTRIBUTE_UNSUPPORTED', message, { attribute, driver: capability.driver });
  }
  if (has.trust === true && !vf.settings.trust && capability.attributes.trust === 'no') {
    // Somebody trusted the VF in another eswitch mode; opening it would give that trust to this attachment.
    const message = `Cannot take trust away ${subject}: driver ${capability.driver} does not do it in this eswitch mode`;
    return refusal(at, 'ATTRIBUTE_UNSUPPORTED', message, { attribute: 'trust', driver: capability.driver });
  }
  const proto = vf.settings.vlan?.proto;
  if (proto !== undefined && !capability.vlanProtocols.includes(proto)) {
    const message = `Cannot set VLAN ${vf.settings.vlan?.id} ${subject}: driver ${capability.driver} does not do ${proto}`;
    return refusal(at, 'VLAN_PROTOCOL_UNSUPPORTED', message, { proto, driver: capability.driver });
  }
  const problem = rateProblem(vf, pf, capability);
  if (problem !== null) return refusal(at, 'RATE_INVALID', `Cannot set rates ${subject}: ${problem}`);
  const pfMtu = desired.mtu ?? pf.mtu;
  if (vf.mtu !== null && (vf.mtu < 68 || (pfMtu !== null && vf.mtu > pfMtu))) {
    const message = `Cannot set MTU ${vf.mtu} ${subject}: it must be from 68 to the PF's ${pfMtu ?? 'unknown MTU'}`;
    return refusal(at, 'MTU_INVALID', message, { mtu: vf.mtu, pfMtu });
  }
  return null;
}
