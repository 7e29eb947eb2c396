import type { HostId, PciAddress, VirtualFunction } from '@virtfn/model';
import { isAffine, refusePf } from './check-pf.ts';
import { type HostsByLoad, levelOf, loadOf } from './hosts-by-load.ts';
import type { Reason, ReasonCode } from './reason.ts';
import type { ScheduleRequest, SchedulerHost, SchedulerPf } from './request.ts';

/** A host that cannot serve the port, and why. */
export interface HostRefusal {
  readonly hostId: HostId;
  readonly reasons: readonly Reason[];
}

export type Choice =
  /** `vfIndex` null: the whole PF. */
  | {
      readonly kind: 'chosen';
      readonly hostId: HostId;
      readonly pf: PciAddress;
      readonly vfIndex: number | null;
      readonly pciAddress: PciAddress;
    }
  | { readonly kind: 'refused'; readonly hosts: readonly HostRefusal[] };

/**
 * Chooses a VF for a port: the nearest to its guest, then by the strategy. The same input gives the same VF; hosts and PFs
 * that are equal are taken in the order in which they are given.
 *
 * @returns a VF, or for every host that was asked for, the reasons why not
 */
export function chooseVf(request: ScheduleRequest, hosts: readonly SchedulerHost[]): Choice {
  const asked = request.hostId === null ? hosts : hosts.filter((host) => host.hostId === request.hostId);
  let best: Ranked | null = null;
  for (const host of asked) best = betterOf(request, host, best);
  return best?.choice ?? refusal(request, asked);
}

/**
 * Chooses as `chooseVf` does, of a whole fleet: it looks only at the hosts that may be better than what it has found, and
 * takes PFs whose loads are the same to a hundredth as equal.
 *
 * @param except hosts that are not to be looked at
 */
export function chooseFromFleet(
  request: ScheduleRequest,
  fleet: HostsByLoad,
  except: ReadonlySet<string> = new Set(),
): Choice {
  const { hostId, physicalNetwork, strategy } = request;
  const all = (): readonly SchedulerHost[] => fleet.all().filter((host) => !except.has(host.hostId));
  if (hostId !== null) return chooseVf(request, [fleet.find(hostId) ?? []].flat());
  // Whole PFs are seldom asked for, and are in no order.
  if (physicalNetwork === null || request.vnicType === 'direct-physical') return chooseVf(request, all());
  let best: Ranked | null = null;
  for (const { host, level } of fleet.inOrder(physicalNetwork, strategy)) {
    if (best !== null && isBeyond(best, strategy, level)) break;
    if (!except.has(host.hostId)) best = betterOf(request, host, best);
  }
  return best?.choice ?? refusal(request, all());
}

/** Whether no PF of this level, or of one behind it, can be better than what there is. */
function isBeyond({ rank }: Ranked, strategy: ScheduleRequest['strategy'], level: number): boolean {
  // Something nearer may come with any load.
  if (rank > 1) return false;
  return strategy === 'spread' ? levelOf(rank) <= level : levelOf(-rank) >= level;
}

interface Ranked {
  readonly choice: Choice;
  /** Smaller is better. */
  readonly rank: number;
}

/** The best of a host, if it is better than what there is. */
function betterOf(request: ScheduleRequest, host: SchedulerHost, than: Ranked | null): Ranked | null {
  let best = than;
  for (const each of host.pfs) {
    const rank = rankOf(request, each);
    // Whether it will do is asked only of what would be better: that costs a hundred times more.
    if (best !== null && rank >= best.rank) continue;
    if (!host.isAlive) return best;
    if (refusePf(request, host, each) !== null) continue;
    const choice = takeFrom(request, host, each);
    if (choice !== null) best = { choice, rank };
  }
  return best;
}

function refusal(request: ScheduleRequest, hosts: readonly SchedulerHost[]): Choice {
  return { kind: 'refused', hosts: hosts.map((host) => explainHost(request, host)) };
}

/** Smaller is better: by distance first, and by load, which is from -1 to 1, among the equally near. */
function rankOf({ numa, strategy }: ScheduleRequest, each: SchedulerPf): number {
  const load = loadOf(each);
  const byLoad = strategy === 'spread' ? load : -load;
  const { numaNode } = each.pf;
  if (numa === null || numa.nodes.length === 0 || isAffine(numa, numaNode)) return byLoad;
  // Unknown is nearer than known to be elsewhere.
  return byLoad + (numaNode === null ? 4 : 8);
}

/** The first VF of the PF that is free; null: none is. */
function takeFrom(request: ScheduleRequest, host: SchedulerHost, each: SchedulerPf): Choice | null {
  const { pf } = each;
  const chosen = (vfIndex: number | null, pciAddress: PciAddress): Choice => ({
    kind: 'chosen',
    hostId: host.hostId,
    pf: pf.pciAddress,
    vfIndex,
    pciAddress,
  });
  if (request.vnicType === 'direct-physical') {
    const isMeant = request.pciAddress === null || request.pciAddress === pf.pciAddress;
    return isMeant && isAllowed(request, each, null) ? chosen(null, pf.pciAddress) : null;
  }
  const vf = pf.vfs.find((candidate) => refuseVf(request, each, candidate) === null);
  return vf === undefined ? null : chosen(vf.vfIndex, vf.pciAddress);
}

function isAllowed(
  { allowed, physicalNetwork, settings }: ScheduleRequest,
  { pf }: SchedulerPf,
  vf: VirtualFunction | null,
): boolean {
  if (allowed === null) return true;
  const facts = {
    pciAddress: vf?.pciAddress ?? pf.pciAddress,
    pf: vf === null ? null : pf.pciAddress,
    vendorId: pf.vendorId,
    productId: vf === null ? pf.productId : (pf.vfProductId ?? pf.productId),
    pfNetdevName: pf.netdevName,
  };
  const tags = allowed.find((spec) => spec.matches(facts))?.tags;
  if (tags === undefined) return false;
  const { physical_network: network, trusted } = tags;
  if (network !== undefined && physicalNetwork !== null && !isSame(network, physicalNetwork)) return false;
  return !settings.trust || isSame(trusted ?? 'false', 'true');
}

/** Nova compares tags in this way. */
const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `other`: another function than the one that was asked for, which is no reason to tell. */
function refuseVf(
  request: ScheduleRequest,
  each: SchedulerPf,
  vf: VirtualFunction,
): ReasonCode | 'other' | null {
  if (request.pciAddress !== null && request.pciAddress !== vf.pciAddress) return 'other';
  if (each.taken.has(vf.vfIndex)) return 'vf-taken';
  if (vf.users.length > 0 || vf.attachmentId !== null) return 'vf-in-use';
  if (vf.settings === null) return 'vf-not-ready';
  return isAllowed(request, each, vf) ? null : 'not-allowed';
}

const VF_TEXTS: Readonly<Partial<Record<ReasonCode, string>>> = {
  'vf-taken': 'another port has it',
  'vf-in-use': 'something else uses it',
  'vf-not-ready': 'its driver does not report it now',
  'not-allowed': 'no device specification allows it',
};

function explainHost(request: ScheduleRequest, host: SchedulerHost): HostRefusal {
  const ofHost = (code: ReasonCode, text: string): HostRefusal => ({
    hostId: host.hostId,
    reasons: [{ code, pf: null, vfs: null, text }],
  });
  if (!host.isAlive) return ofHost('agent-gone', 'its agent has not been heard of lately');
  if (host.pfs.length === 0) return ofHost('no-pfs', 'it has no SR-IOV card');
  const reasons = host.pfs.flatMap((each) => explainPf(request, host, each));
  if (reasons.length > 0) return { hostId: host.hostId, reasons };
  return ofHost('function-unknown', `it has no function ${request.pciAddress} of that kind`);
}

function explainPf(request: ScheduleRequest, host: SchedulerHost, each: SchedulerPf): readonly Reason[] {
  const { pf } = each;
  const isMeant =
    request.pciAddress === null ||
    pf.pciAddress === request.pciAddress ||
    pf.vfs.some((vf) => vf.pciAddress === request.pciAddress);
  if (!isMeant) return [];
  const refused = refusePf(request, host, each);
  if (refused !== null) return [refused];
  if (request.vnicType === 'direct-physical') {
    const text = VF_TEXTS['not-allowed'] ?? '';
    return [{ code: 'not-allowed', pf: pf.pciAddress, vfs: null, text }];
  }
  const counts = new Map<ReasonCode, number>();
  for (const vf of pf.vfs) {
    const code = refuseVf(request, each, vf);
    if (code !== null && code !== 'other') counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(([code, vfs]) => ({ code, pf: pf.pciAddress, vfs, text: VF_TEXTS[code] ?? code }));
}
