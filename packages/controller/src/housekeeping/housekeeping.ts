import type { AuditIntake } from '../audit/index.ts';
import { pruneChanges, pruneSteps, type Retention, type Store, type Write } from '../store/index.ts';

/** How long the logs reach back. */
export interface RetentionLimits {
  /** The audit log. */
  readonly auditDays: number;
  readonly auditEntries: number;
  /** The log of changes: who follows events may be away for so long without missing one. */
  readonly eventHours: number;
  readonly eventWrites: number;
}

export interface HousekeepingOptions {
  readonly store: Store;
  readonly audit: AuditIntake;
  readonly retention: () => RetentionLimits;
  readonly now: () => Date;
  readonly onError: (error: unknown) => void;
}

const TAKE_IN_EVERY_MS = 1000;
const PRUNE_EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;

export class Housekeeping {
  readonly #options: HousekeepingOptions;
  #timers: readonly NodeJS.Timeout[] = [];
  #unwatch: (() => void) | null = null;
  #hasNews = true;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unwatch = this.#options.store.watch(() => {
      this.#hasNews = true;
    });
    this.#timers = [
      setInterval(() => this.#run(() => this.takeIn()), TAKE_IN_EVERY_MS),
      setInterval(() => this.#run(() => this.prune()), PRUNE_EVERY_MS),
    ];
  }

  /** Resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unwatch?.();
    for (const timer of this.#timers) clearInterval(timer);
    await this.#running;
  }

  /** Brings new requests into the audit log. @throws {SriovError} STORE_FAILED */
  async takeIn(): Promise<void> {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    await this.#options.audit.catchUp();
  }

  /** Forgets what the logs need not keep. @throws {SriovError} STORE_FAILED */
  async prune(): Promise<void> {
    const { retention, now } = this.#options;
    const { auditDays, auditEntries, eventHours, eventWrites } = retention();
    const ago = (hours: number): Date => new Date(now().getTime() - hours * HOUR_MS);
    await this.#pruneAll(pruneSteps, { before: ago(24 * auditDays), most: auditEntries });
    await this.#pruneAll(pruneChanges, { before: ago(eventHours), most: eventWrites });
  }

  async #pruneAll(
    prune: (write: Write, retention: Retention) => Promise<boolean>,
    retention: Retention,
  ): Promise<void> {
    const part = (): Promise<boolean> =>
      this.#options.store.write('forget what is old', (write) => prune(write, retention));
    while (!this.#isStopped && (await part()));
  }

  #run(work: () => Promise<void>): void {
    this.#running = this.#running.then(work).catch(this.#options.onError);
  }
}
