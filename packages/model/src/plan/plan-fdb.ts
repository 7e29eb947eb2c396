import type { MacAddress } from '../ethernet/index.ts';
import type { PhysicalFunction } from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import { type Refusal, refusal } from './plan.ts';
import type { PfPlanInput, PlanContext } from './plan-input.ts';
import type { VfCountPlan } from './plan-vf-count.ts';
import type { Step } from './step.ts';

// The switch of a card does not learn: a frame of a VF to a MAC that no VF and not the PF has leaves by the wire, and what
// is on a bridge over the PF never sees it. An entry in the PF's forwarding database turns it round.
//
//   journal: none ──claim──▶ ours, not there ──add──▶ ours, there ──remove──▶ ours, not there ──release──▶ none
//
// An entry that is there and not in the journal is somebody else's: it serves as well as ours, and is never taken away.

/** What becomes of the entries of one PF. */
export interface FdbPlan {
  /** Come before all that changes VFs: a VF may get the MAC of an entry that goes. */
  readonly removals: readonly Step[];
  /** Come after it: the MAC may be one that a VF gives up. */
  readonly additions: readonly Step[];
}

/** @param changes among them all that the plan does to the PF and its VFs */
export function planFdb(
  input: PfPlanInput,
  count: VfCountPlan,
  changes: readonly Step[],
  refusals: Refusal[],
): FdbPlan {
  const { desired, pf, context } = input;
  const { localMacs } = desired;
  if (localMacs === null) return { removals: [], additions: [] };
  // Representors stand for the VFs in switchdev mode, and what is on a bridge with them is reached through them.
  const isNeeded = count.numVfs > 0 && count.mode !== 'switchdev' && pf.netdevName !== null;
  const wanted = new Set(isNeeded ? localMacs.filter((mac) => mac !== pf.mac) : []);
  refuseMacsOfVfs(input, count, changes, wanted, refusals);
  refuseUnsupported(input, wanted, refusals);
  const claimed = context.fdbClaims.get(pf.pciAddress) ?? NOTHING;
  const left = new Set(pf.fdb.filter((mac) => wanted.has(mac) || !claimed.has(mac)));
  refuseBeyond(input, left, wanted, refusals);
  return { removals: removalSteps(pf, claimed, wanted), additions: additionSteps(pf, claimed, wanted) };
}

/** Takes away what is ours on a PF of which nothing is wanted. */
export function planFdbReleases(pf: PhysicalFunction, context: PlanContext): readonly Step[] {
  return removalSteps(pf, context.fdbClaims.get(pf.pciAddress) ?? NOTHING, NOTHING);
}

const NOTHING: ReadonlySet<MacAddress> = new Set();

function removalSteps(
  pf: PhysicalFunction,
  claimed: ReadonlySet<MacAddress>,
  wanted: ReadonlySet<MacAddress>,
): readonly Step[] {
  const at = (mac: MacAddress): { readonly pf: PciAddress; readonly mac: MacAddress } => ({
    pf: pf.pciAddress,
    mac,
  });
  return [...claimed]
    .filter((mac) => !wanted.has(mac))
    .flatMap((mac): Step[] => [
      // Also when it is not there: a call that hung may still make it, and the kernel takes them in their order. An
      // interface that is gone took its entries along.
      ...(pf.netdevName === null ? [] : [{ kind: 'remove-fdb-entry', ...at(mac) } as const]),
      { kind: 'release-fdb-entry', ...at(mac) },
    ]);
}

function additionSteps(
  { pciAddress, fdb }: PhysicalFunction,
  claimed: ReadonlySet<MacAddress>,
  wanted: ReadonlySet<MacAddress>,
): readonly Step[] {
  const there = new Set(fdb);
  return [...wanted]
    .filter((mac) => !there.has(mac))
    .flatMap((mac): Step[] => [
      ...(claimed.has(mac) ? [] : [{ kind: 'claim-fdb-entry', pf: pciAddress, mac } as const]),
      { kind: 'add-fdb-entry', pf: pciAddress, mac },
    ]);
}

/** An entry would send to the host what is for the VF. */
function refuseMacsOfVfs(
  { desired, pf }: PfPlanInput,
  count: VfCountPlan,
  changes: readonly Step[],
  wanted: Set<MacAddress>,
  refusals: Refusal[],
): void {
  if (wanted.size === 0) return;
  const owners = new Map<MacAddress, number>();
  for (const vf of count.recreated ? [] : pf.vfs) {
    const mac = vf.settings?.adminMac ?? vf.effectiveMac;
    if (mac !== null && !losesMac(pf.pciAddress, vf.vfIndex, changes)) owners.set(mac, vf.vfIndex);
  }
  for (const vf of desired.vfs) {
    if (vf.kind !== 'attached' || vf.settings.adminMac === null) continue;
    // What its card holds back is for whoever else on this host has the MAC.
    if (vf.isMacHeld !== true) owners.set(vf.settings.adminMac, vf.vfIndex);
  }
  for (const mac of wanted) {
    const vfIndex = owners.get(mac);
    if (vfIndex === undefined) continue;
    wanted.delete(mac);
    refuse(desired.pf, 'MAC_IN_USE', [mac], `VF ${vfIndex} of the PF has this MAC`, refusals);
  }
}

/** Whether the VF has another MAC when all is done: one is set, or its driver, which had picked it, goes. */
function losesMac(pf: PciAddress, vfIndex: number, changes: readonly Step[]): boolean {
  return changes.some(
    (step) =>
      step.pf === pf &&
      ((step.kind === 'set-vf' && step.setting.attribute === 'adminMac') || step.kind === 'set-vf-driver') &&
      step.vfIndex === vfIndex,
  );
}

function refuseUnsupported(
  { pf, capability }: PfPlanInput,
  wanted: Set<MacAddress>,
  refusals: Refusal[],
): void {
  if (capability.fdb.support !== 'no' || wanted.size === 0) return;
  const why = `driver ${capability.driver} takes no entries in the forwarding database of the PF`;
  refuse(pf.pciAddress, 'FDB_UNSUPPORTED', [...wanted], why, refusals);
  wanted.clear();
}

/** @param left entries that are there and stay */
function refuseBeyond(
  { pf, capability }: PfPlanInput,
  left: ReadonlySet<MacAddress>,
  wanted: Set<MacAddress>,
  refusals: Refusal[],
): void {
  const { mostMacs } = capability.fdb;
  if (mostMacs === null) return;
  const missing = [...wanted].filter((mac) => !left.has(mac));
  const beyond = missing.slice(Math.max(0, mostMacs - left.size));
  if (beyond.length === 0) return;
  for (const mac of beyond) wanted.delete(mac);
  const why = `the card filters ${mostMacs} MACs beside its own, and has ${left.size + missing.length - beyond.length}`;
  refuse(pf.pciAddress, 'FDB_FULL', beyond, why, refusals);
}

function refuse(
  pf: PciAddress,
  code: 'FDB_FULL' | 'FDB_UNSUPPORTED' | 'MAC_IN_USE',
  macs: readonly MacAddress[],
  why: string,
  refusals: Refusal[],
): void {
  const message = `Cannot let the VFs of PF ${pf} reach ${macs.join(', ')} on this host: ${why}`;
  refusals.push(refusal({ pf }, code, message, { macs }));
}
