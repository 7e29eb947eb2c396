import type { Host } from '@virtfn/host';
import type { Claim, Journal } from '../journal/index.ts';
import { Reconciler, type TimePlan } from '../reconcile/index.ts';
import type { Keeper } from './keeper.ts';

/** Keeps a host for as long as the process lives: its loop and all who ask take turns with one reconciler. */
export class SharedKeeper implements Keeper {
  readonly #journal: Journal;
  readonly #reconciler: Reconciler;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param timePlan measures how long planning takes */
  constructor(host: Host, journal: Journal, timePlan?: TimePlan) {
    this.#journal = journal;
    this.#reconciler = new Reconciler(host, journal, timePlan);
  }

  async claims(): Promise<readonly Claim[]> {
    return this.#journal.claims();
  }

  withReconciler<Result>(work: (reconciler: Reconciler) => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => work(this.#reconciler));
    // The next one has his turn also when this one fails.
    this.#turn = result.catch(() => {});
    return result;
  }
}
