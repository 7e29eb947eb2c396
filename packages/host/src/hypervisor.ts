import type { Arrival, AttachmentId, DomainId, DomainStep, ObservedDomain } from '@virtfn/model';

/** Something about the virtual machines of a host is no longer as it was observed. */
export type HypervisorEvent =
  /** `isUrgent`: it has ended, or switches over from host to host: a card passes its frames from now on, or no longer. */
  | { readonly kind: 'domain-changed'; readonly domainId: DomainId; readonly isUrgent: boolean }
  /** Events were lost (the connection broke): only observing again tells what happened. */
  | { readonly kind: 'events-lost' };

/** What became of a step on a virtual machine. */
export type DomainStepOutcome =
  /** Read back: it is so. */
  | { readonly kind: 'done' }
  /** The guest was asked to give the device back and has not answered yet. An event tells when it has. */
  | { readonly kind: 'asked' };

/** A virtual machine by its name. */
export type ListedDomain = Pick<ObservedDomain, 'domainId' | 'name' | 'state'>;

/** A live migration, as its source sees it. */
export interface Migration {
  readonly domainId: DomainId;
  /** Where the other host's libvirt takes machines. */
  readonly uri: string;
  /** What interfaces of ours become there, by their attachments here. */
  readonly arrivals: ReadonlyMap<AttachmentId, Arrival>;
}

/** How far a migration is. */
export interface MigrationProgress {
  /** Bytes of memory. */
  readonly doneBytes: number;
  readonly leftBytes: number;
}

/**
 * The virtual machines of one host, as the agent sees them and plugs ports into them.
 *
 * All implementations pass the suite in `contract/`.
 */
export interface Hypervisor {
  /**
   * Reads all virtual machines with their interfaces, never from memory of what was asked (invariant 4). One that cannot be read
   * is among them and says so (`unread`), and hides no other.
   *
   * @throws {SriovError} HYPERVISOR_UNREACHABLE, with `isAbsent` in its details when the host has none; STEP_TIMEOUT
   */
  observe(): Promise<readonly ObservedDomain[]>;

  /**
   * Reads which virtual machines there are, and no document of any: a fraction of what `observe` costs. A state that cannot be
   * read is `paused`.
   *
   * @throws {SriovError} as `observe`
   */
  list(): Promise<readonly ListedDomain[]>;

  /** Tells of changes, at least once each, soon after they happen. Returns how to stop. */
  watch(listener: (event: HypervisorEvent) => void): () => void;

  /**
   * Makes one change. Idempotent: what is there already, or gone already, is done. Never waits for a guest longer than a
   * moment: a device that the guest keeps is `asked`, and asking again later is harmless.
   * A STEP_TIMEOUT means that nobody knows whether the change was made: observe before anything else.
   *
   * @throws {SriovError} VM_UNKNOWN, VM_NOT_RUNNING, VM_NOT_PERSISTENT, NO_PCIE_SLOT, MEMLOCK_LOW, HYPERVISOR_REFUSED,
   * HYPERVISOR_UNREACHABLE, STEP_TIMEOUT
   */
  apply(step: DomainStep): Promise<DomainStepOutcome>;

  /**
   * Sends a running machine to another host, and returns when it has left. It takes with it what can move; devices that
   * its guest drives itself must be unplugged before. The documents of the machine are the same there, but for the
   * interfaces of ours. Aborting the signal ends it, and the machine stays: unless it has switched over by then.
   *
   * @throws {SriovError} MIGRATION_FAILED: the machine is here. STEP_TIMEOUT: nobody knows where it is
   */
  migrate(
    migration: Migration,
    options: { readonly signal: AbortSignal; readonly onProgress: (progress: MigrationProgress) => void },
  ): Promise<void>;

  /** Lets go of the connection. */
  close(): Promise<void>;
}
