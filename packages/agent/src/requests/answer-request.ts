import type { HostRequest } from '@virtfn/contract';
import { documentOfHost } from '@virtfn/contract/documents';
import {
  desiredOfConfig,
  type ObservedHost,
  type PciAddress,
  type PhysicalNetwork,
  toSriovError,
} from '@virtfn/model';
import { withJournal } from '../reconcile/index.ts';
import type { ConfigFile } from './config-file.ts';
import { answerAttach } from './attach.ts';
import { answerDetach } from './detach.ts';
import { answerMachines } from './list-machines.ts';
import { answerDiff } from './diff.ts';
import { answerPlanOrApply } from './plan-or-apply.ts';
import type { RequestContext } from './request-context.ts';

/** Does what one request asks for and tells of it. Errors are told, too; it never throws. */
export async function answerRequest(request: HostRequest, context: RequestContext): Promise<void> {
  try {
    switch (request.request) {
      case 'observe':
        return await answerObserve(context);
      case 'watch':
        return await answerWatch(context);
      case 'plan':
      case 'apply':
        return await answerPlanOrApply(request, context);
      case 'diff':
        return await answerDiff(request.configFile, context);
      case 'machines':
        return await answerMachines(context);
      case 'attach':
        return await answerAttach(request, context);
      case 'detach':
        return await answerDetach(request, context);
      case 'fleet-status':
        return context.emit({ event: 'fleet-status', fleet: await context.fleet.status() });
    }
  } catch (thrown) {
    const { code, message, hint } = toSriovError(thrown);
    context.emit({ event: 'error', error: { code, message, hint } });
  }
}

async function answerObserve({
  host,
  keeper,
  now,
  findings,
  openConfig,
  emit,
}: RequestContext): Promise<void> {
  const [seen, claims, found] = await Promise.all([host.observe(), keeper.claims(), findings()]);
  const observed = withJournal(seen, claims);
  const physicalNetworks = await physicalNetworksOf(openConfig(null), observed);
  emit({ event: 'host', host: documentOfHost({ observed, findings: found, physicalNetworks }, now()) });
}

const NO_NETWORKS: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]> = new Map();

/** A configuration that cannot be read is told by `plan`; it is no reason not to show the host. */
async function physicalNetworksOf(
  file: ConfigFile,
  observed: ObservedHost,
): Promise<ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>> {
  try {
    const text = await file.read();
    return text === null ? NO_NETWORKS : desiredOfConfig(await file.parse(text), observed).physicalNetworks;
  } catch {
    return NO_NETWORKS;
  }
}

/** One host after the other, as it changes; what changes while one is read shows in the next one. */
async function answerWatch(context: RequestContext): Promise<void> {
  const { host, signal } = context;
  let isDirty = true;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    isDirty = true;
    wake.resolve();
  };
  const unwatch = host.watch(stir);
  signal.addEventListener('abort', stir);
  try {
    while (!signal.aborted) {
      if (isDirty) {
        isDirty = false;
        wake = Promise.withResolvers();
        await answerObserve(context);
      } else await wake.promise;
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', stir);
  }
}
