import type { Claim } from '../journal/index.ts';
import type { Reconciler } from '../reconcile/index.ts';

/** Whoever may plan for a host and change it. */
export interface Keeper {
  /** Whose each VF is. Asks for no lock, and is empty where the journal may not be read. */
  claims(): Promise<readonly Claim[]>;
  /**
   * Lends the host's reconciler, to nobody else meanwhile.
   *
   * @throws {SriovError} JOURNAL_LOCKED, JOURNAL_DAMAGED, PERMISSION_DENIED
   */
  withReconciler<Result>(work: (reconciler: Reconciler) => Promise<Result>): Promise<Result>;
}
