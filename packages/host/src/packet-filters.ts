import type { FilterStep, ObservedFilter, SriovError } from '@virtfn/model';

/**
 * The packet filters of one host, on VFs that the host itself drives: what a machine sends over a macvtap passes the VF's own
 * interface, in and out.
 *
 * All implementations pass the suite in `contract/`.
 */
export interface PacketFilters {
  /**
   * Reads which filters of ours are there. One that was put there by an earlier run of the program has `filter: null`: what
   * it was meant to be is not known.
   *
   * @throws {SriovError} FILTERS_UNAVAILABLE: this host cannot filter, its message says why; STEP_TIMEOUT
   */
  observe(): Promise<readonly ObservedFilter[]>;

  /**
   * Makes one change, whole or not at all. Idempotent. The filter of an interface that is gone is gone with it.
   *
   * @throws {SriovError} FILTERS_UNAVAILABLE; FILTER_REFUSED: the interface is not there, or the kernel refuses; STEP_TIMEOUT:
   * nobody knows whether the change was made
   */
  apply(step: FilterStep): Promise<void>;

  /**
   * Makes several changes, each whole or not at all; what is refused keeps none of the others from being made. For many it takes
   * far less time than one after the other.
   *
   * @returns for each, in their order, what `apply` throws of it; null: it was made
   * @throws {SriovError} FILTERS_UNAVAILABLE; STEP_TIMEOUT: nobody knows which of them were made
   */
  applyAll(steps: readonly FilterStep[]): Promise<readonly (SriovError | null)[]>;

  /** Tells that filters of ours may have changed, by whomever, at least once and soon after it. Returns how to stop. */
  watch(listener: () => void): () => void;
}
