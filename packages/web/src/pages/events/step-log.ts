import type { AuditStep, StepList } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { joinedSteps } from '../../fleet/index.ts';

/** What of the audit log is known. */
export interface KnownSteps {
  /** The latest first. */
  readonly steps: readonly AuditStep[];
  /** Whether there are older ones; null: that is being asked. */
  readonly hasOlder: boolean | null;
  readonly error: SriovError | null;
}

/** @param marker `next` of the page before; null: the latest */
export type ReadSteps = (marker: string | null) => Promise<StepList>;

/** Some entries of the audit log: the latest, older ones when somebody asks for them, and those that come. */
export class StepLog {
  readonly #read: ReadSteps;
  readonly #known: Signal<KnownSteps> = signal<KnownSteps>({ steps: [], hasOlder: null, error: null });
  /** Where the page before the last one begins. */
  #next: string | null = null;
  /** Those that have come since the last reading began. */
  #fresh: AuditStep[] = [];
  /** Which reading is the last. */
  #reading = 0;

  constructor(read: ReadSteps) {
    this.#read = read;
  }

  get known(): ReadonlySignal<KnownSteps> {
    return this.#known;
  }

  /** Reads the latest. What was known stays if it goes on where they end; otherwise nobody knows what was missed in between. */
  readLatest(): Promise<void> {
    return this.#readPage(null);
  }

  /** Reads what is before the last one; nothing while it does so already, or when there is nothing. */
  async readOlder(): Promise<void> {
    if (this.#known.value.hasOlder === true) await this.#readPage(this.#next);
  }

  /** Takes one that has just come. One that is told late is where its time is. */
  take(step: AuditStep): void {
    this.#fresh.push(step);
    const known = this.#known.value;
    this.#known.value = { ...known, steps: joinedSteps([step], known.steps) };
  }

  async #readPage(marker: string | null): Promise<void> {
    this.#reading += 1;
    const reading = this.#reading;
    const { hasOlder } = this.#known.value;
    this.#fresh = [];
    this.#known.value = { ...this.#known.value, hasOlder: null, error: null };
    try {
      const { steps, next } = await this.#read(marker);
      if (reading !== this.#reading) return;
      const known = this.#known.value.steps;
      const ids = new Set(steps.map(({ id }) => id));
      const goesOn = marker !== null || known.some(({ id }) => ids.has(id));
      const isKnownToTheEnd = marker === null && goesOn && hasOlder !== null;
      if (!isKnownToTheEnd) this.#next = next;
      this.#known.value = {
        // Those that came while it was read are there already.
        steps: joinedSteps(goesOn ? known : this.#fresh, steps),
        hasOlder: this.#next !== null,
        error: null,
      };
    } catch (thrown) {
      if (reading !== this.#reading) return;
      this.#known.value = { ...this.#known.value, hasOlder: true, error: toSriovError(thrown) };
    }
  }
}
