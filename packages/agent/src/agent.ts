import type { Clock, HostReader } from '@virtfn/host';
import type { HostReport } from '@virtfn/contract';
import type {
  DesiredHost,
  Finding,
  ObservedHost,
  PciAddress,
  PhysicalNetwork,
  SriovError,
} from '@virtfn/model';
import { toSriovError } from '@virtfn/model';
import type { Reconciler } from './reconcile/index.ts';

export interface AgentOptions {
  readonly host: HostReader;
  /** null: the host is only looked at. */
  readonly reconciler: Reconciler | null;
  readonly clock: Clock;
  /** What stands out about the host; asked after each look. */
  readonly findings: (observed: ObservedHost) => readonly Finding[];
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
  /** Hands a report on. A failure is told to `onError` and the next report is sent all the same. */
  readonly report: (report: HostReport) => Promise<void>;
  readonly onError: (error: SriovError) => void;
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
export class Agent {
  readonly #options: AgentOptions;
  #desired: DesiredHost | null = null;
  #stopping = new AbortController();
  #wake = new AbortController();
  #backOffMs = FIRST_BACK_OFF_MS;
  #running: Promise<void> | null = null;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Takes a new full desired state. Until the first one nothing is changed on the host (invariant 8). */
  want(desired: DesiredHost): void {
    this.#desired = desired;
    this.#backOffMs = FIRST_BACK_OFF_MS;
    this.#wake.abort();
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
    const { host, clock } = this.#options;
    const unwatch = host.watch(() => this.#wake.abort());
    try {
      while (!this.#stopping.signal.aborted) {
        this.#wake = new AbortController();
        const nextLookMs = await this.look();
        await clock.sleep(nextLookMs, AbortSignal.any([this.#wake.signal, this.#stopping.signal]));
        if (this.#wake.signal.aborted) await clock.sleep(BURST_MS, this.#stopping.signal);
      }
    } finally {
      unwatch();
    }
  }

  /** One look, with repairs if a desired state is known, and its report. Milliseconds until the next one is due. */
  async look(): Promise<number> {
    try {
      const { observed, isAsWanted } = await this.#observeOrRepair();
      await this.#options.report({
        observed,
        findings: this.#options.findings(observed),
        physicalNetworks: this.#options.physicalNetworks,
      });
      if (isAsWanted) {
        this.#backOffMs = FIRST_BACK_OFF_MS;
        return LOOK_EVERY_MS;
      }
    } catch (error) {
      this.#options.onError(toSriovError(error));
    }
    const wait = this.#backOffMs;
    this.#backOffMs = Math.min(2 * this.#backOffMs, LONGEST_BACK_OFF_MS);
    return wait;
  }

  async #observeOrRepair(): Promise<{ observed: ObservedHost; isAsWanted: boolean }> {
    const { host, reconciler } = this.#options;
    if (reconciler === null || this.#desired === null)
      return { observed: await host.observe(), isAsWanted: true };
    // Each look gives what failed before another chance; the back-off keeps that from being often.
    await reconciler.forgive();
    const { observed, plan } = await reconciler.reconcile(this.#desired);
    return { observed, isAsWanted: plan.steps.length === 0 && plan.refusals.length === 0 };
  }
}
