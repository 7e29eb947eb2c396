import type { Wanted } from '../wanted.ts';
import { type BroughtAbout, keepHost } from '../domains/index.ts';
import type { Reconciler } from '../reconcile/index.ts';
import type { ConfigFile } from './config-file.ts';
import type { RequestContext } from './request-context.ts';
import { tellDomainStep, tellStep } from './tell-step.ts';
import { wantedNow } from './wanted-of-config.ts';

/** Brings host and machines to what is wanted behind a change of the owner's ports, and tells of each step. */
export function keepOwnPorts(
  reconciler: Reconciler,
  file: ConfigFile,
  context: RequestContext,
  signal: AbortSignal,
): Promise<BroughtAbout & { readonly wanted: Wanted }> {
  return keepHost(reconciler, {
    host: context.host,
    machines: context.machines,
    filterKeeper: context.filterKeeper,
    readWanted: (observed) => wantedNow(file, observed, reconciler.claims(), context),
    onStep: tellStep(context),
    onDomainStep: tellDomainStep(context),
    signal,
  });
}
