import type { HostReader, Hypervisor } from '@virtfn/host';
import type { ObservedHost } from '@virtfn/model';
import type { Wanted } from '../wanted.ts';
import type { FilterKeeper } from '../filters/index.ts';
import type { OwnPortStore } from '../journal/index.ts';
import type { Reconciler, StepRecord } from '../reconcile/index.ts';
import { bringAbout, type BroughtAbout, type DomainStepRecord, pluggedIn } from './bring-about.ts';

/** The virtual machines of a host, and what its owner has attached to them. */
export interface VirtualMachines {
  readonly hypervisor: Hypervisor;
  readonly ownPorts: OwnPortStore;
}

export interface KeepOptions<Wish extends Wanted> {
  readonly host: HostReader;
  /** Without them the host's own configuration is all that is kept. */
  readonly machines?: VirtualMachines;
  /** Without it no packets are filtered. */
  readonly filterKeeper?: FilterKeeper | null;
  /** Asked at each look: what is wanted depends on what is there. */
  readonly readWanted: (observed: ObservedHost) => Promise<Wish>;
  readonly onStep?: (record: StepRecord) => void;
  readonly onDomainStep?: (record: DomainStepRecord) => void;
  /** Aborted: the step under way is finished, and no other is begun. */
  readonly signal?: AbortSignal;
}

/** An end of one attachment makes a VF free, which may be what another waits for. */
const MAX_ROUNDS = 3;

/**
 * Looks at the host and brings it and its machines to what is wanted. What the owner attached for a run that is over, or
 * took away and the guest has let go of, is forgotten, and its VF closed in the same go.
 */
export async function keepHost<Wish extends Wanted>(
  reconciler: Reconciler,
  options: KeepOptions<Wish>,
): Promise<BroughtAbout & { readonly wanted: Wish }> {
  const { host, machines, filterKeeper = null, readWanted, onStep, onDomainStep, signal } = options;
  for (let round = 1; ; round += 1) {
    const seen = await host.observe();
    const wanted = await readWanted(seen);
    const { isPartial, spared } = wanted;
    const result = await bringAbout(
      reconciler,
      wanted,
      { seen, isPartial, spared, ...(onStep && { onStep }), ...(signal && { signal }) },
      { hypervisor: machines?.hypervisor ?? null, filterKeeper, ...(onDomainStep && { onDomainStep }) },
    );
    const isOver = signal?.aborted === true || round === MAX_ROUNDS;
    const forgot = machines !== undefined && (await forgetEnded(machines.ownPorts, result));
    if (!forgot || isOver) return { ...result, wanted };
  }
}

/** Whether something was forgotten: then what is wanted is less than it was. */
async function forgetEnded(
  ownPorts: OwnPortStore,
  { domains, isBlind, domainPlan }: BroughtAbout,
): Promise<boolean> {
  if (domains === null || isBlind) return false;
  const ended = new Set(domainPlan.ended);
  const plugged = new Set(pluggedIn(domains));
  const over = (await ownPorts.list()).filter(({ leaving, port }) =>
    leaving === 'no' ? ended.has(port.attachmentId) : !plugged.has(port.attachmentId),
  );
  for (const { port } of over) await ownPorts.remove(port.attachmentId);
  return over.length > 0;
}
