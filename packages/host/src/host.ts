import type { HostId, HostStep, ObservedHost, PciAddress, SriovError } from '@virtfn/model';

/** Something on the host is no longer as it was observed. */
export type HostEvent =
  /** `pf`: where; null when it cannot be told. */
  | { readonly kind: 'changed'; readonly pf: PciAddress | null }
  /** Events were lost (the kernel's buffer overflowed): only observing again tells what happened. */
  | { readonly kind: 'events-lost' };

/** A machine that can be looked at. */
export interface HostReader {
  readonly hostId: HostId;

  /**
   * Reads the whole machine from its kernel. Never from memory of what was written (invariant 4).
   *
   * @throws {SriovError} PERMISSION_DENIED, STEP_TIMEOUT, KERNEL_REFUSED
   */
  observe(): Promise<ObservedHost>;

  /** Tells of changes, at least once each, soon after they happen. Returns how to stop. */
  watch(listener: (event: HostEvent) => void): () => void;
}

/**
 * One machine with SR-IOV cards, as the agent sees and changes it.
 *
 * All implementations pass the suite in `contract/`.
 */
export interface Host extends HostReader {
  /**
   * Makes one change and reads it back: when the promise resolves, the kernel shows the new value. Idempotent.
   * A STEP_TIMEOUT means that nobody knows whether the change was made: observe before anything else.
   *
   * @throws {SriovError} PF_UNKNOWN, VF_INDEX_INVALID, ATTRIBUTE_UNSUPPORTED, VF_COUNT_SHORT, VF_COUNT_BUSY,
   * NUM_VFS_INVALID, DRIVER_WITHOUT_SRIOV, NO_RESOURCES, VLAN_PROTOCOL_UNSUPPORTED, ESWITCH_MODE_UNSUPPORTED,
   * RATE_INVALID, MTU_INVALID, LINK_DOWN, PF_DOWN, VF_IN_USE, VF_NOT_READY, VF_UNKNOWN, READ_BACK_DIFFERS,
   * FDB_UNSUPPORTED, FDB_FULL, PERMISSION_DENIED, KERNEL_REFUSED, STEP_TIMEOUT
   */
  apply(step: HostStep): Promise<void>;

  /**
   * Makes several settings of VFs of one PF, each of a VF once, in their order, each refusal exact, and reads them back together: a look at a PF
   * tells of all its VFs, so that with one look each the cost would grow with their square.
   *
   * @returns what became of each, in their order
   * @throws {SriovError} PF_UNKNOWN, and nothing was tried
   */
  applySettings(steps: readonly SettingStep[]): Promise<readonly SettingOutcome[]>;
}

/** A setting of a VF as a step. */
export type SettingStep = Extract<HostStep, { readonly kind: 'set-vf' }>;

/** What became of one of several settings. */
export type SettingOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: SriovError }
  /** Not tried: an earlier one of the same VF had failed, or nobody knows what the kernel is doing. */
  | { readonly kind: 'skipped' };

/** Time as the agent and the hosts use it, so that tests can own it. Milliseconds. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
