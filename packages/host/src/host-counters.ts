import type { PciAddress, PhysicalFunction } from '@virtfn/model';

/** What passed, since the driver began to count. `rx` is what the interface or the VF has received. */
export interface TrafficCounters {
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxDropped: bigint;
  readonly txDropped: bigint;
  /** Multicast packets among those received. */
  readonly multicast: bigint;
}

/** Of the interface of a PF. */
export interface InterfaceCounters extends TrafficCounters {
  readonly rxErrors: bigint;
  readonly txErrors: bigint;
}

/** Of a VF. */
export interface VfCounters extends TrafficCounters {
  /** Broadcast packets among those received. */
  readonly broadcast: bigint;
}

/** What one PF has counted. */
export interface PfCounters {
  readonly pf: PciAddress;
  /** Of its own interface. On some drivers what its VFs pass is in it, on others not. */
  readonly own: InterfaceCounters;
  /** By VF number. null: its driver counts nothing per VF, which says nothing of what passed. */
  readonly vfs: ReadonlyMap<number, VfCounters> | null;
  /**
   * By VF number, for VFs that have an interface on this host: what it has counted. That is all that is known of the traffic
   * of a VF whose card does not tell; a virtual machine that has the VF itself leaves no interface here.
   */
  readonly vfInterfaces: ReadonlyMap<number, InterfaceCounters>;
}

/** The counters of a machine's cards, apart from what it is: they change all the time, and no plan looks at them. */
export interface HostCounters {
  /**
   * Reads the counters of these PFs and changes nothing. A PF that has no interface, or whose interface has another name by
   * now, is left out.
   *
   * @throws {SriovError} STEP_TIMEOUT, KERNEL_REFUSED
   */
  read(pfs: readonly PhysicalFunction[]): Promise<readonly PfCounters[]>;
}
