import type { DesiredPf, DesiredVf, DesiredVfSettings } from '../desired/index.ts';
import type { DriverCapability, VfAttribute } from '../drivers/index.ts';
import type { ErrorCode, ErrorDetails } from '../errors/index.ts';
import type { PhysicalFunction, VfSettings } from '../inventory/index.ts';
import { type Refusal, refusal } from './plan.ts';

type AttachedVf = Extract<DesiredVf, { kind: 'attached' }>;

/** Something that a VF of this PF cannot have. */
export interface UnmetDemand {
  readonly code: ErrorCode;
  /** `set trust` */
  readonly action: string;
  readonly why: string;
  readonly details: ErrorDetails;
}

/** Attributes that ask the driver for something. The others ask for what a driver without them does anyway. */
function demandedAttributes(settings: DesiredVfSettings): readonly VfAttribute[] {
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

function rateProblem(
  settings: DesiredVfSettings,
  pf: PhysicalFunction,
  capability: DriverCapability,
): string | null {
  const { minTxRateMbps: min, maxTxRateMbps: max } = settings;
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

/** The first of some settings that a VF of this PF cannot have; null: it can have them all. */
export function findUnmetDemand(
  settings: DesiredVfSettings,
  pf: PhysicalFunction,
  capability: DriverCapability,
): UnmetDemand | null {
  const { driver } = capability;
  for (const attribute of demandedAttributes(settings)) {
    if (capability.attributes[attribute] !== 'no') continue;
    const why = `driver ${driver} of ${pf.productName} does not have it`;
    return { code: 'ATTRIBUTE_UNSUPPORTED', action: `set ${attribute}`, why, details: { attribute, driver } };
  }
  const { vlan } = settings;
  if (vlan !== null && !capability.vlanProtocols.includes(vlan.proto)) {
    const why = `driver ${driver} does not do ${vlan.proto}`;
    const details = { proto: vlan.proto, driver };
    return { code: 'VLAN_PROTOCOL_UNSUPPORTED', action: `set VLAN ${vlan.id}`, why, details };
  }
  const why = rateProblem(settings, pf, capability);
  return why === null ? null : { code: 'RATE_INVALID', action: 'set rates', why, details: {} };
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
  const unmet = findUnmetDemand(vf.settings, pf, capability);
  if (unmet !== null)
    return refusal(at, unmet.code, `Cannot ${unmet.action} ${subject}: ${unmet.why}`, unmet.details);
  if (has.trust === true && !vf.settings.trust && capability.attributes.trust === 'no') {
    // Somebody trusted the VF in another eswitch mode; opening it would give that trust to this attachment.
    const message = `Cannot take trust away ${subject}: driver ${capability.driver} does not do it in this eswitch mode`;
    return refusal(at, 'ATTRIBUTE_UNSUPPORTED', message, { attribute: 'trust', driver: capability.driver });
  }
  const pfMtu = desired.mtu ?? pf.mtu;
  if (vf.mtu !== null && (vf.mtu < 68 || (pfMtu !== null && vf.mtu > pfMtu))) {
    const message = `Cannot set MTU ${vf.mtu} ${subject}: it must be from 68 to the PF's ${pfMtu ?? 'unknown MTU'}`;
    return refusal(at, 'MTU_INVALID', message, { mtu: vf.mtu, pfMtu });
  }
  return null;
}
