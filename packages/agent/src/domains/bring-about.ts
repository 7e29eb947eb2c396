import type { Hypervisor } from '@virtfn/host';
import {
  type AttachmentId,
  type DomainPlan,
  type DomainRefusal,
  type DomainStep,
  type ObservedDomain,
  type ObservedHost,
  ownerOfAlias,
  type Plan,
  planDomains,
  type SriovError,
  toSriovError,
} from '@virtfn/model';
import type { FilterFailures, FilterKeeper } from '../filters/index.ts';
import type { MergedHost } from '../ports/merge-ports.ts';
import { vfStateOf } from '../ports/vf-state.ts';
import { desiredWithDomains } from './with-domains.ts';
import type { Reconciler, ReconcileOptions, ReconcileReport } from '../reconcile/index.ts';

/** One step on a virtual machine that was tried, for the audit log. */
export interface DomainStepRecord {
  readonly step: DomainStep;
  /** The guest was asked and has not let go yet. */
  readonly isPending: boolean;
  readonly error: SriovError | null;
}

export interface DomainContext {
  /** null: this host has none. */
  readonly hypervisor: Hypervisor | null;
  /** null: it filters no packets. */
  readonly filterKeeper: FilterKeeper | null;
  readonly onDomainStep?: (record: DomainStepRecord) => void;
}

/** A host with its virtual machines after they were brought to what is wanted, as far as that went. */
export interface BroughtAbout {
  /** As read last. */
  readonly observed: ObservedHost;
  /** What is left to do on the host, and what cannot be done. */
  readonly plan: Plan;
  /** As read last; null: nobody could say. */
  readonly domains: readonly ObservedDomain[] | null;
  /** Libvirt is there, and did not say which machines there are, or of one of them not what it has. */
  readonly isBlind: boolean;
  /** What is left to do on virtual machines: a guest that keeps what it was asked for is among it. */
  readonly domainPlan: DomainPlan;
  /** Ports that are not filtered as they shall be: they are not plugged. */
  readonly filterFailures: FilterFailures;
}

/**
 * Brings host and virtual machines to what is wanted, in the order that leaves no machine with a VF that is not its own:
 *
 *   unplug ──▶ close and give back, claim and open ──▶ filter ──▶ plug ──▶ read back
 *
 * Keeps nothing in memory: what was begun and not finished shows in libvirt and the kernel.
 *
 * @throws {SriovError} what `Host.observe` and the journal throw; what fails is in the result instead
 */
export async function bringAbout(
  reconciler: Reconciler,
  merged: MergedHost,
  options: ReconcileOptions & { readonly seen: ObservedHost },
  context: DomainContext,
): Promise<BroughtAbout> {
  const { hypervisor } = context;
  if (hypervisor === null || !merged.mayBePlugged) {
    const result = await reconciler.reconcile(merged.desired, options);
    const filterFailures = await keepFilters(merged, result, context);
    return { ...result, domains: null, isBlind: false, domainPlan: NOTHING_TO_PLUG, filterFailures };
  }
  const run: Run = { merged, hypervisor, context, errors: new Map(), isOver: false };
  let domains = await readDomains(run);
  if (domains === null) {
    const spared = new Set([...(options.spared ?? []), ...mayBeInMachine(run, reconciler)]);
    const result = await reconciler.reconcile(desiredWithDomains(merged, null), { ...options, spared });
    const filterFailures = await keepFilters(merged, result, context);
    const isBlind = run.errors.get(null)?.details['isAbsent'] !== true;
    return {
      ...result,
      domains: null,
      isBlind,
      domainPlan: withErrors(NOTHING_TO_PLUG, run),
      filterFailures,
    };
  }
  domains = await applySteps(planNow(run, domains, options.seen, NOBODY).steps, domains, run);
  const spared = new Set([
    ...(options.spared ?? []),
    ...pluggedIn(domains),
    ...(domains.some(isUnread) ? mayBeInMachine(run, reconciler) : []),
  ]);
  let result = await reconciler.reconcile(desiredWithDomains(merged, domains), { ...options, spared });

  const filterFailures = await keepFilters(merged, result, context);
  const ready = readyAttachments(merged, result, filterFailures);
  const { steps } = planNow(run, domains, result.observed, ready);
  const plug = steps.filter((step) => step.kind === 'attach-interface');
  if (plug.length > 0 && options.signal?.aborted !== true) {
    domains = await applySteps(plug, domains, run);
    // libvirt has set MAC, VLAN and driver, too: what it made of them is read back, and set right.
    const { seen: _, ...again } = options;
    result = await reconciler.reconcile(desiredWithDomains(merged, domains), { ...again, spared });
  }
  const left = planNow(run, domains, result.observed, readyAttachments(merged, result, filterFailures));
  const isBlind = domains.some(isUnread);
  return { ...result, domains, isBlind, domainPlan: withErrors(left, run), filterFailures };
}

interface Run {
  readonly merged: MergedHost;
  readonly hypervisor: Hypervisor;
  readonly context: DomainContext;
  /** What failed this time, by attachment; null for what is about all of them. */
  readonly errors: Map<AttachmentId | null, SriovError>;
  /** Nobody knows what libvirt did: nothing more is asked of it before it was looked at again. */
  isOver: boolean;
}

const NOBODY: ReadonlySet<AttachmentId> = new Set();
const NOTHING_TO_PLUG: DomainPlan = { steps: [], refusals: [], ended: [] };

async function readDomains(run: Run): Promise<readonly ObservedDomain[] | null> {
  try {
    return await run.hypervisor.observe();
  } catch (thrown) {
    run.errors.set(null, toSriovError(thrown));
    run.isOver = true;
    return null;
  }
}

function planNow(
  { merged }: Run,
  domains: readonly ObservedDomain[],
  host: ObservedHost,
  ready: ReadonlySet<AttachmentId>,
): DomainPlan {
  const { interfaces, mayUnplug } = merged;
  return planDomains({ wanted: interfaces, domains, host, ready, mayUnplug });
}

/** Does what it can, each attachment apart, and gives the machines as they are then. */
async function applySteps(
  steps: readonly DomainStep[],
  domains: readonly ObservedDomain[],
  run: Run,
): Promise<readonly ObservedDomain[]> {
  if (steps.length === 0) return domains;
  const failed = new Set<AttachmentId>();
  for (const step of steps) {
    if (run.isOver || failed.has(step.attachmentId)) continue;
    try {
      const outcome = await run.hypervisor.apply(step);
      run.context.onDomainStep?.({ step, isPending: outcome.kind === 'asked', error: null });
      // The interface that stands by for a VF goes after it, when the guest has let go of that.
      if (outcome.kind === 'asked') failed.add(step.attachmentId);
    } catch (thrown) {
      const error = toSriovError(thrown);
      run.context.onDomainStep?.({ step, isPending: false, error });
      run.errors.set(step.attachmentId, error);
      failed.add(step.attachmentId);
      run.isOver = error.code === 'STEP_TIMEOUT' || error.code === 'HYPERVISOR_UNREACHABLE';
    }
  }
  return (await readDomains(run)) ?? domains;
}

/**
 * Attachments that some machine may have when nobody can say: they keep their VFs. Where no libvirt is, what was wanted in a
 * machine may come back with it; of the rest the kernel knows who uses it.
 */
function mayBeInMachine({ merged, errors }: Run, reconciler: Reconciler): readonly AttachmentId[] {
  if (errors.get(null)?.details['isAbsent'] === true)
    return merged.interfaces.map(({ attachmentId }) => attachmentId);
  return reconciler.claims().map(({ attachmentId }) => attachmentId);
}

const isUnread = ({ unread }: ObservedDomain): boolean => unread !== null;

/** Attachments that some machine has, running or written down: nobody else gets their VFs. */
export function pluggedIn(domains: readonly ObservedDomain[]): readonly AttachmentId[] {
  return domains.flatMap(({ live, config }) =>
    [...live, ...config].flatMap(({ alias }) => ownerOfAlias(alias)?.attachmentId ?? []),
  );
}

/** A VF is closed and given back, or set up, by now: what its filter hangs on. */
async function keepFilters(
  { filters, desired }: MergedHost,
  { observed }: ReconcileReport,
  { filterKeeper }: DomainContext,
): Promise<FilterFailures> {
  const vfs = desired.pfs.flatMap((pf) => pf.vfs);
  const attached = new Set(vfs.flatMap((vf) => (vf.kind === 'attached' ? [vf.attachmentId] : [])));
  return (await filterKeeper?.keep({ filters, attached }, observed)) ?? new Map();
}

/** Attachments whose VF is as it shall be, as it was read back; and those that need none. */
function readyAttachments(
  { interfaces }: MergedHost,
  result: ReconcileReport,
  unfiltered: FilterFailures,
): ReadonlySet<AttachmentId> {
  const ready = interfaces.filter(({ attachmentId, place }) => {
    if (unfiltered.has(attachmentId)) return false;
    if (!('vf' in place)) return true;
    const { pf, vfIndex } = place.vf;
    return vfStateOf({ attachmentId, pf, vfIndex }, result).kind === 'set-up';
  });
  return new Set(ready.map(({ attachmentId }) => attachmentId));
}

function withErrors(plan: DomainPlan, { errors, merged }: Run): DomainPlan {
  const refusals = [...errors].flatMap(([attachmentId, error]): readonly DomainRefusal[] => {
    const { code, message, hint } = error;
    const ids = attachmentId === null ? merged.interfaces.map((each) => each.attachmentId) : [attachmentId];
    return ids.map((id) => ({ attachmentId: id, code, message, hint }));
  });
  return { ...plan, refusals: [...plan.refusals, ...refusals] };
}
