import type { OwnPort } from '@virtfn/contract/agent-link';
import type { AttachRequest } from '@virtfn/contract/host-program';
import {
  describeDomainStep,
  describeStep,
  desiredOfConfig,
  type DomainScope,
  errorOfRefusal,
  findDomain,
  isActive,
  isVfStep,
  type ObservedDomain,
  ownerOfAlias,
  planDomains,
  SriovError,
  type Step,
} from '@virtfn/model';
import type { Wanted } from '../wanted.ts';
import type { BroughtAbout } from '../domains/index.ts';
import { mergePorts } from '../ports/index.ts';
import { vfStateOf } from '../ports/vf-state.ts';
import { type Reconciler, withJournal } from '../reconcile/index.ts';
import { keepOwnPorts } from './keep-own-ports.ts';
import { documentOfOwnPort } from './own-port-document.ts';
import { type AttachScene, ownPortsOfRequest } from './own-port-of-request.ts';
import { readConfig } from './read-config.ts';
import type { RequestContext } from './request-context.ts';
import { readPortWish } from './wanted-of-config.ts';

const NEVER = new AbortController().signal;

/**
 * Gives a virtual machine a port: a VF is chosen and written down, set up, plugged, and all of it read back. What cannot
 * be done is taken back, and the port forgotten. After a kill in between the port is written down: the next look goes on.
 *
 * @throws {SriovError} what the choice of a VF, the plan, the kernel and libvirt refuse
 */
export async function answerAttach(request: AttachRequest, context: RequestContext): Promise<void> {
  const { keeper, machines, emit, openConfig } = context;
  const file = openConfig(request.configFile);
  await keeper.withReconciler(async (reconciler) => {
    const scene = await readScene(request, reconciler, context);
    const { port, steps } = await firstServed(ownPortsOfRequest(request, scene), (candidate) =>
      planFor(candidate, scene, reconciler),
    );
    const attachment = documentOfOwnPort(port, scene.domain.name);
    if (request.dryRun) return emit({ event: 'attached', attachment, isDryRun: true, steps });

    await reconciler.forgive();
    await machines.ownPorts.put(port);
    const result = await keepOwnPorts(reconciler, file, context, context.signal);
    const failure = whyNotThere(port, result, scene.domain.name);
    if (failure !== null) {
      await machines.ownPorts.put({ ...port, leaving: 'asked' });
      await keepOwnPorts(reconciler, file, context, NEVER);
      throw failure;
    }
    emit({ event: 'attached', attachment, isDryRun: false, steps: [] });
  });
}

async function readScene(
  request: AttachRequest,
  reconciler: Reconciler,
  context: RequestContext,
): Promise<AttachScene> {
  const { host, machines, openConfig, newUuid } = context;
  const { config } = await readConfig(openConfig(request.configFile), 'attach');
  const observed = withJournal(await host.observe(), reconciler.claims());
  const domains = await machines.hypervisor.observe();
  const domain = findDomain(domains, request.vm);
  if (domain.unread !== null) throw domain.unread;
  return {
    configured: desiredOfConfig(config, observed),
    observed,
    domain,
    domains,
    wish: await readPortWish(context),
    newUuid,
  };
}

interface Served {
  readonly port: OwnPort;
  /** What would be done, in words. */
  readonly steps: readonly string[];
}

/** The first that can be had; when none can, the reason of the first. */
async function firstServed(
  candidates: readonly OwnPort[],
  plan: (candidate: OwnPort) => Promise<Served>,
): Promise<Served> {
  const reasons: unknown[] = [];
  for (const candidate of candidates) {
    try {
      return await plan(candidate);
    } catch (error) {
      reasons.push(error);
    }
  }
  throw reasons[0];
}

/** What would be done for a port. @throws {SriovError} what stands in the way */
async function planFor(
  port: OwnPort,
  { configured, wish, observed, domains }: AttachScene,
  reconciler: Reconciler,
): Promise<Served> {
  const { attachmentId } = port.port;
  const own = [...wish.own, port];
  const merged = mergePorts(configured, { ...wish, own }, reconciler.claims(), observed);
  const failed = merged.failed.get(attachmentId);
  if (failed !== undefined) throw failed;
  const { plan } = await reconciler.planOnly(merged.desired, { seen: observed, spared: merged.spared });
  const place = placeOf(port);
  const refusal = plan.refusals.find((each) => each.pf === place?.pf && each.vfIndex === place.vfIndex);
  if (refusal !== undefined) throw errorOfRefusal(refusal);
  const isOwn = (step: Step): boolean =>
    step.pf === place?.pf && (!isVfStep(step) || step.vfIndex === place.vfIndex);
  const plugging = planDomains({
    wanted: merged.interfaces.filter((each) => each.attachmentId === attachmentId),
    domains,
    host: observed,
    ready: new Set([attachmentId]),
    mayUnplug: () => false,
  });
  const steps = [...plan.steps.filter(isOwn).map(describeStep), ...plugging.steps.map(describeDomainStep)];
  return { port, steps };
}

function placeOf({ kind, port }: OwnPort): { readonly pf: string; readonly vfIndex: number | null } | null {
  return kind === 'vf' ? port : null;
}

/** Why a port is not where it shall be, by what was read back; null: it is. */
function whyNotThere(
  { kind, port }: OwnPort,
  result: BroughtAbout & { readonly wanted: Wanted },
  vm: string,
): SriovError | null {
  const { attachmentId } = port;
  const failed = result.wanted.failed.get(attachmentId);
  if (failed !== undefined) return failed;
  const refused = result.domainPlan.refusals.find((each) => each.attachmentId === attachmentId);
  if (refused !== undefined) return errorOfRefusal(refused);
  if (kind === 'vf' && port.vfIndex !== null) {
    const state = vfStateOf({ ...port, vfIndex: port.vfIndex }, result);
    if (state.kind === 'refused') return errorOfRefusal(state.refusal);
    if (state.kind === 'pending') return interrupted(vm);
  }
  const domain = result.domains?.find(({ domainId }) => domainId === port.plug.domainId);
  if (domain === undefined)
    return new SriovError('VM_UNKNOWN', `Cannot attach to VM ${vm}: it went away meanwhile`);
  const isIn = (scope: DomainScope): boolean =>
    domain[scope].some(({ alias }) => ownerOfAlias(alias)?.attachmentId === attachmentId);
  return scopesOf(port.plug.scope, domain).every(isIn) ? null : interrupted(vm);
}

function scopesOf(scope: 'live' | 'config' | 'both', domain: ObservedDomain): readonly DomainScope[] {
  if (scope !== 'both') return [scope];
  return isActive(domain) ? ['live', 'config'] : ['config'];
}

function interrupted(vm: string): SriovError {
  return new SriovError('STEP_TIMEOUT', `Cannot attach to VM ${vm}: it was not done in time, or interrupted`);
}
