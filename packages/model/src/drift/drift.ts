import type { DesiredHost, DesiredPf, DesiredVf, DesiredVfSettings } from '../desired/index.ts';
import { formatVlan } from '../ethernet/index.ts';
import {
  findPf,
  type ObservedHost,
  type PhysicalFunction,
  type VfSettings,
  type VirtualFunction,
} from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import { closedProblems, isAboutFdb, isAboutMac, type Plan, type Refusal } from '../plan/index.ts';

/** One value that is not as it is wanted. */
export interface Drift {
  readonly pf: PciAddress;
  /** null: the PF itself. */
  readonly vfIndex: number | null;
  /** `numVfs`, `driver`, `vlan`, … or `closed` for a VF that nobody shall have. */
  readonly field: string;
  readonly wanted: string;
  /** What the kernel shows. */
  readonly observed: string;
  /** Why it cannot be so; null: applying would set it. */
  readonly refusal: Refusal | null;
}

/**
 * Where a host differs from what is wanted of it, value by value: what is wanted, what the kernel shows, and what
 * cannot be. Pure.
 *
 * @param plan of the same desired and observed state: its refusals are the reasons
 */
export function driftOf(desired: DesiredHost, observed: ObservedHost, plan: Plan): readonly Drift[] {
  return desired.pfs.flatMap((wanted) => {
    const pf = findPf(observed, wanted.pf);
    return pf === undefined ? [] : driftOfPf(wanted, pf, plan.refusals);
  });
}

interface Pair {
  readonly field: string;
  readonly wanted: string;
  readonly observed: string;
}

function driftOfPf(wanted: DesiredPf, pf: PhysicalFunction, refusals: readonly Refusal[]): readonly Drift[] {
  const ofPf: Pair[] = [pair('numVfs', wanted.numVfs, pf.numVfs)];
  if (wanted.eswitchMode !== null)
    ofPf.push(pair('eswitchMode', wanted.eswitchMode, pf.eswitchMode ?? 'legacy'));
  if (wanted.adminUp) ofPf.push(pair('adminUp', 'up', pf.adminUp ? 'up' : 'down'));
  if (wanted.mtu !== null) ofPf.push(pair('mtu', wanted.mtu, pf.mtu));
  const found = ofPf.filter(differs).map((each) => withRefusal(each, pf.pciAddress, null, refusals));
  found.push(...driftOfFdb(wanted, pf, refusals));
  for (let vfIndex = 0; vfIndex < Math.max(wanted.numVfs, pf.numVfs); vfIndex += 1) {
    const vf = pf.vfs.find((each) => each.vfIndex === vfIndex);
    const want = wanted.vfs.find((each) => each.vfIndex === vfIndex);
    for (const each of pairsOfVf(want, vf, vfIndex < wanted.numVfs))
      if (differs(each)) found.push(withRefusal(each, pf.pciAddress, vfIndex, refusals));
  }
  return found;
}

/** MACs that the VFs shall reach, and do not. Representors stand for the VFs in switchdev mode. */
function driftOfFdb(
  { localMacs, numVfs }: DesiredPf,
  pf: PhysicalFunction,
  refusals: readonly Refusal[],
): readonly Drift[] {
  if (localMacs === null || numVfs === 0 || pf.eswitchMode === 'switchdev') return [];
  return localMacs
    .filter((mac) => mac !== pf.mac && !pf.fdb.includes(mac))
    .map((mac) => ({
      pf: pf.pciAddress,
      vfIndex: null,
      ...pair('localMacs', mac, null),
      refusal: refusals.find((refusal) => refusal.pf === pf.pciAddress && isAboutMac(refusal, mac)) ?? null,
    }));
}

function pairsOfVf(
  want: DesiredVf | undefined,
  vf: VirtualFunction | undefined,
  isWanted: boolean,
): readonly Pair[] {
  if (want?.kind === 'unmanaged' || !isWanted) return [];
  if (want?.kind !== 'attached') {
    const problems = vf === undefined ? [] : closedProblems(vf);
    return problems.length === 0 ? [] : [pair('closed', 'closed', problems.join(', '))];
  }
  // It comes with the number of VFs, which has a line of its own; then there is nothing to compare with.
  if (vf === undefined) return [];
  return [
    pair('driver', want.driver, driverRole(vf)),
    ...(want.mtu === null ? [] : [pair('mtu', want.mtu, vf.mtu)]),
    ...(vf.settings === null
      ? [pair('settings', 'set', 'the driver does not report them now')]
      : pairsOfSettings(want.settings, vf.settings)),
  ];
}

function driverRole({ driver }: VirtualFunction): string {
  if (driver === null) return 'none';
  return driver === 'vfio-pci' ? 'vfio-pci' : 'kernel';
}

function pairsOfSettings(want: DesiredVfSettings, has: VfSettings): readonly Pair[] {
  return [
    // Without a MAC of its own a VF has one that nobody set.
    ...(want.adminMac === null ? [] : [pair('mac', want.adminMac, has.adminMac)]),
    pair('vlan', vlanText(want.vlan), vlanText(has.vlan)),
    pair('spoofCheck', switchText(want.spoofCheck), switchText(has.spoofCheck ?? want.spoofCheck)),
    pair('trust', switchText(want.trust), switchText(has.trust ?? false)),
    pair('linkState', want.linkState, has.linkState),
    pair('minTxRateMbps', want.minTxRateMbps, has.minTxRateMbps),
    pair('maxTxRateMbps', want.maxTxRateMbps, has.maxTxRateMbps),
  ];
}

function vlanText(vlan: VfSettings['vlan']): string {
  return vlan === null ? 'none' : formatVlan(vlan);
}

function switchText(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}

function pair(field: string, wanted: string | number | null, observed: string | number | null): Pair {
  return { field, wanted: String(wanted ?? 'none'), observed: String(observed ?? 'none') };
}

function differs({ wanted, observed }: Pair): boolean {
  return wanted !== observed;
}

/** A refusal that names an attribute is about that one; one that names none is about all of its VF or PF. */
function withRefusal(
  each: Pair,
  pf: PciAddress,
  vfIndex: number | null,
  refusals: readonly Refusal[],
): Drift {
  const about = refusals.filter(
    (refusal) => refusal.pf === pf && refusal.vfIndex === vfIndex && !isAboutFdb(refusal),
  );
  const refusal = about.find(({ details }) => details['attribute'] === attributeOf(each.field)) ?? about[0];
  return { pf, vfIndex, ...each, refusal: refusal ?? null };
}

function attributeOf(field: string): string {
  return field === 'mac' ? 'adminMac' : field;
}
