import type { Clock, HostReader } from '@virtfn/host';
import type { HostReport } from '@virtfn/contract';
import { documentsOfDrift } from '@virtfn/contract/documents';
import {
  type AttachmentId,
  driftOf,
  errorOfRefusal,
  type Finding,
  finding,
  findingsOfPlan,
  type ObservedHost,
  type SriovError,
  toSriovError,
} from '@virtfn/model';
import { type BroughtAbout, type DomainStepRecord, keepHost, type VirtualMachines } from './domains/index.ts';
import type { FilterKeeper } from './filters/index.ts';
import type { Keeper } from './keeper/index.ts';
import type { Wanted } from './wanted.ts';
import { type StepRecord, withJournal } from './reconcile/index.ts';

export interface AgentOptions<Wish extends Wanted = Wanted> {
  readonly host: HostReader;
  /** Without them the host's own configuration is all that is kept. */
  readonly machines?: VirtualMachines;
  /** Without it no packets are filtered. */
  readonly filterKeeper?: FilterKeeper | null;
  /** Virtual machines as they were seen last, for looks that have no reason to ask for them; null: nobody could say. */
  readonly machinesSeen?: () => HostReport['machines'] | null;
  /** null: the host is only looked at. */
  readonly keeper: Keeper | null;
  readonly clock: Clock;
  /** What stands out about the host; asked after each look. */
  readonly findings: (observed: ObservedHost) => Promise<readonly Finding[]> | readonly Finding[];
  /** Told what a repair came to as soon as it is read back, before anything else is done with it. */
  readonly onReconciled?: (result: Reconciled<Wish>) => void;
  /** Told of each step as it is done or failed. */
  readonly onStep?: (record: StepRecord) => void;
  readonly onDomainStep?: (record: DomainStepRecord) => void;
  /** Told how each look ended. */
  readonly onLook?: (look: Look) => void;
  /** Hands a report on. A failure is told to `onError` and the next report is sent all the same. */
  readonly report: (report: HostReport) => Promise<void>;
  readonly onError: (error: SriovError) => void;
}

/** A host after it was brought to what is wanted of it, as far as that went. */
export interface Reconciled<Wish extends Wanted = Wanted> extends BroughtAbout {
  readonly wanted: Wish;
}

/** A host of which nobody can say what is wanted. */
interface Unwanted {
  readonly observed: ObservedHost;
  readonly refusal: SriovError;
}

/** How one look ended. */
export interface Look {
  readonly isAsWanted: boolean;
  /** The host is as it shall be, whatever its virtual machines are: they may wait for it to start. */
  readonly isHostAsWanted: boolean;
  /** What stands in the way, for people; empty when all is well. */
  readonly problems: readonly SriovError[];
}

/** Events come in bursts (a hundred VFs appear): one look serves all of a burst. Milliseconds. */
const BURST_MS = 100;
/** A lost event is made good by looking anyway. */
const LOOK_EVERY_MS = 30_000;
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 60_000;

/**
 * Looks at one host whenever something changes, and from time to time anyway; brings it to the desired state once a
 * full one has come; reports what it read.
 */
export class Agent<Wish extends Wanted = Wanted> {
  readonly #options: AgentOptions<Wish>;
  #readWanted: ((observed: ObservedHost) => Promise<Wish>) | null = null;
  #stopping = new AbortController();
  #wake = new AbortController();
  #hurry = new AbortController();
  #backOffMs = FIRST_BACK_OFF_MS;
  /** As they were wanted last. */
  #physicalNetworks = NO_NETWORKS;
  #running: Promise<void> | null = null;

  constructor(options: AgentOptions<Wish>) {
    this.#options = options;
  }

  /**
   * Takes where the full desired state comes from; it is asked at each look. Until then nothing is changed on the host
   * (invariant 8).
   */
  want(read: (observed: ObservedHost) => Promise<Wish>): void {
    this.#readWanted = read;
    this.wake();
  }

  /** Looks again soon: something may have changed that the kernel does not tell of. */
  wake(): void {
    this.#backOffMs = FIRST_BACK_OFF_MS;
    this.#wake.abort();
  }

  /** Looks again at once, without waiting whether more happens: somebody waits for it. */
  hurry(): void {
    this.#hurry.abort();
    this.wake();
  }

  /** Starts to look and to keep. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Stops after the step under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { host, machines, filterKeeper, clock } = this.#options;
    const wake = (): void => this.#wake.abort();
    const unwatch = [
      host.watch(wake),
      machines?.hypervisor.watch((event) => {
        if (event.kind === 'domain-changed' && event.isUrgent) this.#hurry.abort();
        wake();
      }),
      filterKeeper?.watch(wake),
    ];
    try {
      while (!this.#stopping.signal.aborted) {
        this.#wake = new AbortController();
        this.#hurry = new AbortController();
        const nextLookMs = await this.look();
        await clock.sleep(nextLookMs, AbortSignal.any([this.#wake.signal, this.#stopping.signal]));
        if (this.#wake.signal.aborted)
          await clock.sleep(BURST_MS, AbortSignal.any([this.#hurry.signal, this.#stopping.signal]));
      }
    } finally {
      for (const stop of unwatch) stop?.();
    }
  }

  /** One look, with repairs if a desired state is known, and its report. Milliseconds until the next one is due. */
  async look(): Promise<number> {
    const look = await this.#lookOnce();
    for (const problem of look.problems) this.#options.onError(problem);
    this.#options.onLook?.(look);
    if (look.isAsWanted && look.problems.length === 0) {
      this.#backOffMs = FIRST_BACK_OFF_MS;
      return LOOK_EVERY_MS;
    }
    const wait = this.#backOffMs;
    this.#backOffMs = Math.min(2 * this.#backOffMs, LONGEST_BACK_OFF_MS);
    return wait;
  }

  async #lookOnce(): Promise<Look> {
    try {
      const seen = await this.#observeOrRepair();
      const { observed } = seen;
      const result = 'wanted' in seen ? seen : null;
      const unmet = 'refusal' in seen ? [seen.refusal] : (result?.wanted.missing ?? []);
      const canFilter = this.#options.filterKeeper?.canFilter ?? null;
      if (result !== null) this.#physicalNetworks = result.wanted.physicalNetworks;
      await this.#options.report({
        observed,
        findings: [
          ...(await this.#options.findings(observed)),
          ...(result === null ? [] : findingsOfPlan(result.plan)),
          ...unmet.map(({ message, hint }) => finding('host-config-not-followed', message, hint)),
        ],
        physicalNetworks: this.#physicalNetworks,
        ...machinesOf(result?.domains ?? this.#options.machinesSeen?.() ?? null),
        ...(canFilter === null ? {} : { canFilter }),
        ...(result === null ? {} : { ...driftOfResult(result), quarantined: await this.#quarantined() }),
      });
      if ('refusal' in seen) return { isAsWanted: false, isHostAsWanted: false, problems: [seen.refusal] };
      if (result === null) return { isAsWanted: true, isHostAsWanted: true, problems: [] };
      const { wanted, plan, domainPlan, filterFailures } = result;
      const refusals = [
        ...plan.refusals.map(errorOfRefusal),
        ...domainPlan.refusals.map(errorOfRefusal),
        ...filterFailures.values(),
      ];
      return {
        isHostAsWanted: plan.steps.length + plan.refusals.length === 0,
        isAsWanted: plan.steps.length + domainPlan.steps.length + refusals.length === 0,
        problems: [...wanted.missing, ...refusals],
      };
    } catch (error) {
      return { isAsWanted: false, isHostAsWanted: false, problems: [toSriovError(error)] };
    }
  }

  async #quarantined(): Promise<readonly AttachmentId[]> {
    const claims = (await this.#options.keeper?.claims()) ?? [];
    return claims.flatMap(({ attachmentId, quarantine }) => (quarantine === null ? [] : [attachmentId]));
  }

  async #observeOrRepair(): Promise<Reconciled<Wish> | Unwanted | Pick<Unwanted, 'observed'>> {
    const { host, keeper } = this.#options;
    const readWanted = this.#readWanted;
    if (keeper === null) return { observed: await host.observe() };
    if (readWanted === null) return { observed: withJournal(await host.observe(), await keeper.claims()) };
    let unwanted: Unwanted | null = null;
    const readOrNote = async (observed: ObservedHost): Promise<Wish> => {
      try {
        return await readWanted(observed);
      } catch (thrown) {
        unwanted = { observed, refusal: toSriovError(thrown) };
        throw thrown;
      }
    };
    try {
      return await keeper.withReconciler(async (reconciler) => {
        // Each look gives what failed before another chance; the back-off keeps that from being often.
        await reconciler.forgive();
        const options = { ...this.#options, readWanted: readOrNote, signal: this.#stopping.signal };
        const result = await keepHost(reconciler, options);
        this.#options.onReconciled?.(result);
        return result;
      });
    } catch (thrown) {
      if (unwanted === null) throw thrown;
      const { observed, refusal }: Unwanted = unwanted;
      return { observed: withJournal(observed, await keeper.claims()), refusal };
    }
  }
}

/** Nothing is told where nothing is wanted: that is not the same as being as it is wanted. */
function driftOfResult({ wanted: { desired }, observed, plan }: Reconciled): Pick<HostReport, 'drift'> {
  return desired.pfs.length === 0 ? {} : { drift: documentsOfDrift(driftOf(desired, observed, plan)) };
}

/** By name and state only. null: nobody could say, or nobody asked. */
function machinesOf(domains: HostReport['machines'] | null): Pick<HostReport, 'machines'> {
  if (domains === null || domains === undefined) return {};
  return { machines: domains.map(({ domainId, name, state }) => ({ domainId, name, state })) };
}

const NO_NETWORKS: Wanted['physicalNetworks'] = new Map();
