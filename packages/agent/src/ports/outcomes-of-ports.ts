import type { AttachmentRef, DesiredPort, Plug, PortOutcome } from '@virtfn/contract/agent-link';
import {
  type AttachmentId,
  type DomainPlan,
  findPf,
  isActive,
  type ObservedDomain,
  type ObservedHost,
  ownerOfAlias,
  type Plan,
  SriovError,
  type VirtualFunction,
  type WantedInterface,
} from '@virtfn/model';
import { pluggedIn } from '../domains/bring-about.ts';
import type { FilterFailures } from '../filters/index.ts';
import type { FleetWish } from './fleet-wish.ts';
import { refusalAt, vfStateOf } from './vf-state.ts';

/** A host after it was brought to what is wanted of it, as far as that went. */
interface Result {
  readonly observed: ObservedHost;
  readonly plan: Plan;
  readonly failed: ReadonlyMap<AttachmentId, SriovError>;
  readonly interfaces: readonly WantedInterface[];
  readonly migrationUri: string;
  /** null: nobody could say. */
  readonly domains: readonly ObservedDomain[] | null;
  readonly isBlind: boolean;
  readonly domainPlan: DomainPlan;
  readonly filterFailures: FilterFailures;
}

/**
 * What became of each port of the controller, from what was read back. A port of which nothing can be said yet is left
 * out: it is being worked on.
 */
export function outcomesOfPorts(wish: FleetWish, result: Result): readonly PortOutcome[] {
  if (wish.kind !== 'known') return [];
  const outcomes = [
    ...wish.kept.ports.map((port) => outcomeOfPort(port, result)),
    ...wish.kept.removed.map((removed) => outcomeOfRemoval(removed, result)),
  ];
  return outcomes.filter((outcome) => outcome !== null);
}

function outcomeOfPort(port: DesiredPort, result: Result): PortOutcome | null {
  const { portId, attachmentId, pf, vfIndex } = port;
  const hasArrived = port.plug?.move?.kind === 'arriving' && isRunningHere(port.plug, result);
  const arrival = hasArrived ? { hasArrived } : {};
  const error = result.failed.get(attachmentId);
  if (error !== undefined) return { ...failure(port, error), ...arrival };
  const refusal = result.domainPlan.refusals.find((each) => each.attachmentId === attachmentId);
  if (refusal !== undefined) {
    // Nothing is said of a machine on its way because libvirt is being started or restarted here.
    const isPassing = refusal.code === 'HYPERVISOR_UNREACHABLE' && (port.plug?.move ?? null) !== null;
    return isPassing ? null : { ...failure(port, refusal), ...arrival };
  }
  const settings = vfIndex === null ? null : vfStateOf({ attachmentId, pf, vfIndex }, result);
  if (settings?.kind === 'refused') return { ...failure(port, settings.refusal), ...arrival };
  if (settings?.kind === 'pending') return null;
  const unfiltered = result.filterFailures.get(attachmentId);
  if (unfiltered !== undefined) return { ...failure(port, unfiltered), ...arrival };
  const vf = findPf(result.observed, pf)?.vfs.find((each) => each.vfIndex === vfIndex);
  if (port.plug?.move?.kind === 'arriving' && vf !== undefined && !hasArrived)
    return preparedOutcome(port, vf, result);
  // Whether it has arrived, the other host tells.
  if (port.plug?.move?.kind === 'departing') return null;
  const unplugged = whyUnplugged(port, result);
  if (unplugged === 'pending') return null;
  if (unplugged !== null) return { ...failure(port, unplugged), ...arrival };
  return { kind: 'configured', portId, attachmentId, settings: settings?.settings ?? null };
}

function isRunningHere({ domainId }: Plug, { domains }: Result): boolean {
  return domains?.some((each) => each.domainId === domainId && each.state === 'running') === true;
}

/** The VF is set up, and the machine is not there yet. */
function preparedOutcome(
  { portId, attachmentId, plug }: DesiredPort,
  { pciAddress, netdevName }: VirtualFunction,
  { interfaces, migrationUri }: Result,
): PortOutcome | null {
  const place = interfaces.find((each) => each.attachmentId === attachmentId)?.place;
  const bridge = place?.kind === 'failover' ? place.bridge : null;
  if (plug?.standby === true && bridge === null) return null;
  return { kind: 'prepared', portId, attachmentId, uri: migrationUri, pciAddress, netdevName, bridge };
}

/** Why a port that virtfn plugs is not in a machine that runs; null: it is, or nobody asked for it. */
function whyUnplugged(
  { plug, attachmentId, portId }: DesiredPort,
  { domains, domainPlan }: Result,
): SriovError | 'pending' | null {
  if (plug === undefined || plug === null) return null;
  if (domains === null || domainPlan.steps.some((step) => step.attachmentId === attachmentId))
    return 'pending';
  const domain = domains.find(({ domainId }) => domainId === plug.domainId);
  const details = { port: portId, vm: plug.domainId };
  if (domain === undefined)
    return new SriovError(
      'VM_UNKNOWN',
      `Cannot plug port ${portId}: the host has no virtual machine ${plug.domainId}`,
      { details },
    );
  if (domain.unread !== null) return 'pending';
  if (domain.live.some(({ alias }) => ownerOfAlias(alias)?.attachmentId === attachmentId)) return null;
  const why = isActive(domain) ? 'runs without it until its next start' : 'does not run';
  return new SriovError(
    'VM_NOT_RUNNING',
    `Cannot use port ${portId}: virtual machine ${domain.name} ${why}`,
    {
      details,
    },
  );
}

/** Released: the journal, which lets go of a VF only once it is closed, does not know the attachment. */
function outcomeOfRemoval(
  removed: AttachmentRef,
  { observed, plan, domains, isBlind }: Result,
): PortOutcome | null {
  const { portId, attachmentId } = removed;
  // A whole PF is in no journal: only machines know who has it.
  if (isBlind || pluggedIn(domains ?? []).includes(attachmentId)) return null;
  if (observed.orphans.some((orphan) => orphan.attachmentId === attachmentId)) return null;
  for (const pf of observed.pfs) {
    const vf = pf.vfs.find((each) => each.attachmentId === attachmentId);
    if (vf === undefined) continue;
    const refusal = refusalAt(plan, pf.pciAddress, vf.vfIndex);
    return refusal === undefined ? null : failure(removed, refusal);
  }
  return { kind: 'released', portId, attachmentId };
}

function failure(
  { portId, attachmentId }: AttachmentRef,
  { code, message, hint }: Pick<SriovError, 'code' | 'message' | 'hint'>,
): PortOutcome {
  return { kind: 'failed', portId, attachmentId, code, message, hint };
}
