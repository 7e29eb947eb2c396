import type { HostRequest } from '@virtfn/contract';
import { documentOfPlan } from '@virtfn/contract/documents';
import { errorOfRefusal, type HostConfig, type ObservedHost, type Plan, type Refusal } from '@virtfn/model';
import { bringAbout } from '../domains/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import type { RequestContext } from './request-context.ts';
import type { ConfigFile } from './config-file.ts';
import { readConfig } from './read-config.ts';
import type { MergedHost } from '../ports/index.ts';
import { tellDomainStep, tellStep } from './tell-step.ts';
import { wantedOfConfig } from './wanted-of-config.ts';

type PlanRequest = Extract<HostRequest, { readonly request: 'apply' | 'plan' }>;

/** host.yaml with the edits of a request in it. */
interface Edited {
  readonly before: string | null;
  readonly after: string;
  readonly config: HostConfig;
}

/**
 * Plans what host.yaml, with the edits in it, wants of the host, and does it if asked to. Edits are written once the
 * plan refuses nothing because of them: what cannot be had does not get into the file. All of it is one turn, so that no
 * other request changes file or host in between.
 */
export async function answerPlanOrApply(request: PlanRequest, context: RequestContext): Promise<void> {
  const { host, keeper, openConfig, emit } = context;
  const file = openConfig(request.configFile);
  await keeper.withReconciler(async (reconciler) => {
    const observed = await host.observe();
    const edited = await readEdited(file, request, observed);
    context.checkConfig?.(edited.config);
    const merged = await wantedOfConfig(edited.config, observed, context);
    const { evict, reloadDriver } = request;
    const wanted: MergedHost = { ...merged, desired: { ...merged.desired, evict, reloadDriver } };
    if (request.request === 'apply' && request.edits.length > 0)
      await saveEdits(file, edited, wanted, observed, reconciler, context);
    const plan =
      request.request === 'plan'
        ? (await reconciler.planOnly(wanted.desired, { seen: observed, spared: wanted.spared })).plan
        : await apply(wanted, observed, reconciler, context);
    const { before, after } = edited;
    const config = request.edits.length === 0 ? null : { file: file.name, before, after };
    emit({ event: 'plan', plan: documentOfPlan(plan), config });
  });
}

async function readEdited(file: ConfigFile, request: PlanRequest, observed: ObservedHost): Promise<Edited> {
  if (request.edits.length === 0) {
    const { text, config } = await readConfig(file, request.request);
    return { before: text, after: text, config };
  }
  const before = await file.read();
  const { editHostConfig } = await import('@virtfn/contract/host-config');
  const after = editHostConfig(before, file.name, request.edits, observed);
  return { before, after, config: await file.parse(after) };
}

/** @throws {SriovError} the code of what the plan refuses because of the edits; the file stays as it was */
async function saveEdits(
  file: ConfigFile,
  { before, after }: Edited,
  { desired, spared }: MergedHost,
  observed: ObservedHost,
  reconciler: Reconciler,
  context: RequestContext,
): Promise<void> {
  const { plan } = await reconciler.planOnly(desired, { seen: observed, spared });
  const known =
    before === null ? [] : await refusalsOf(await file.parse(before), observed, reconciler, context);
  const news = plan.refusals.find((refusal) => !known.some((each) => isSameRefusal(each, refusal)));
  if (news !== undefined) throw errorOfRefusal(news);
  if (after !== before) await file.write(after);
}

async function refusalsOf(
  config: HostConfig,
  observed: ObservedHost,
  reconciler: Reconciler,
  context: RequestContext,
): Promise<readonly Refusal[]> {
  const { desired, spared } = await wantedOfConfig(config, observed, context);
  return (await reconciler.planOnly(desired, { seen: observed, spared })).plan.refusals;
}

function isSameRefusal(a: Refusal, b: Refusal): boolean {
  return a.pf === b.pf && a.vfIndex === b.vfIndex && a.message === b.message;
}

async function apply(
  merged: MergedHost,
  seen: ObservedHost,
  reconciler: Reconciler,
  context: RequestContext,
): Promise<Plan> {
  // What failed in an earlier run is tried again: somebody asked for it just now.
  await reconciler.forgive();
  const { filterKeeper, machines } = context;
  const { hypervisor } = machines;
  const { plan } = await bringAbout(
    reconciler,
    merged,
    { seen, spared: merged.spared, onStep: tellStep(context), signal: context.signal },
    { hypervisor, filterKeeper, onDomainStep: tellDomainStep(context) },
  );
  return plan;
}
