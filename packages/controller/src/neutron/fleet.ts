import type { StoredHost } from '../store/index.ts';
import type { HostsByLoad, SchedulerHost, SchedulerPf } from '../scheduler/index.ts';

/** What is known of the hosts; whose a VF is, is the store's, and is asked there. */
export interface Fleet {
  /** A host by its name, or undefined: no agent of that name has reported. */
  readonly find: (hostId: string) => FleetHost | undefined;
  /** All hosts, with what ports have of them as far as it is known here: behind the store by a moment. */
  readonly proposals: () => Promise<HostsByLoad>;
  /** Whether a PF of any host is on this wire. */
  readonly hasPhysicalNetwork: (name: string) => boolean;
  /** A host as its agent reported it last. */
  readonly report: (hostId: string) => StoredHost | undefined;
  /** When a host was heard of last, in any way. */
  readonly heardAt: (hostId: string) => Date;
  /** Whether who was heard of then is not gone yet. */
  readonly isRecent: (heardAt: Date) => boolean;
}

/** A host without what is taken of it. */
export interface FleetHost extends Omit<SchedulerHost, 'pfs'> {
  readonly pfs: readonly FleetPf[];
}

export type FleetPf = Omit<SchedulerPf, 'taken' | 'guaranteedMbps'>;
