import type { Host } from '@virtfn/host';
import type { Claim, Journal } from '../journal/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import type { Keeper } from './keeper.ts';

export interface OneTimeKeeperOptions {
  readonly host: Host;
  readonly openJournal: () => Promise<Journal & { close(): Promise<void> }>;
  readonly readClaims: () => Promise<readonly Claim[]>;
}

/** Keeps a host for as long as one request takes: for hosts without a daemon. */
export class OneTimeKeeper implements Keeper {
  readonly #options: OneTimeKeeperOptions;

  constructor(options: OneTimeKeeperOptions) {
    this.#options = options;
  }

  claims(): Promise<readonly Claim[]> {
    return this.#options.readClaims();
  }

  async withReconciler<Result>(work: (reconciler: Reconciler) => Promise<Result>): Promise<Result> {
    const journal = await this.#options.openJournal();
    try {
      return await work(new Reconciler(this.#options.host, journal));
    } finally {
      await journal.close();
    }
  }
}
