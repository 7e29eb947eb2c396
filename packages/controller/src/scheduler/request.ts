import type {
  DesiredVfSettings,
  DeviceSpec,
  HostId,
  PciAddress,
  PhysicalFunction,
  PhysicalNetwork,
} from '@virtfn/model';

/** Where a guest runs, and how near to it the VF must be (Nova's pci_numa_policy). */
export interface NumaDemand {
  readonly policy: 'legacy' | 'preferred' | 'required' | 'socket';
  readonly nodes: readonly number[];
}

/** What a port asks for. */
export interface ScheduleRequest {
  readonly vnicType: 'direct' | 'direct-physical' | 'macvtap';
  /** null: any. */
  readonly physicalNetwork: PhysicalNetwork | null;
  readonly settings: DesiredVfSettings;
  /** Only a VF of a PF in switchdev mode will do. */
  readonly needsSwitchdev: boolean;
  /** Only a host that filters packets will do. */
  readonly needsFilter: boolean;
  readonly numa: NumaDemand | null;
  /** Whoever asks has chosen the host already (Nova); null: any. */
  readonly hostId: HostId | null;
  /** And the very function, too (`pci_slot` of the binding profile). */
  readonly pciAddress: PciAddress | null;
  /** `spread`: over PFs as evenly as can be; `pack`: on as few as can be. */
  readonly strategy: 'pack' | 'spread';
  /** Never on these: ports of one guest that shall not fail together. */
  readonly apartFrom: readonly { readonly hostId: HostId; readonly pf: PciAddress }[];
  /** How far apart: another PF, or another card. */
  readonly apart: 'card' | 'pf';
  /** Nova's allow list: the first that matches a function says what for it may be given out; null: all may. */
  readonly allowed: readonly DeviceSpec[] | null;
}

/** One PF with what is given out on it. */
export interface SchedulerPf {
  readonly pf: PhysicalFunction;
  readonly physicalNetworks: readonly PhysicalNetwork[];
  /** VFs that ports have, by number; with -1 the whole PF is given to one. */
  readonly taken: ReadonlySet<number>;
  /** Sum of the minimum rates of these ports, Mbit/s. */
  readonly guaranteedMbps: number;
}

export interface SchedulerHost {
  readonly hostId: HostId;
  /** Whether its agent has been heard of lately. */
  readonly isAlive: boolean;
  readonly pfs: readonly SchedulerPf[];
  /** Whether it can filter what passes a macvtap. */
  readonly canFilter: boolean;
  /** Sockets by NUMA node; without one nothing is known. */
  readonly socketOfNode: ReadonlyMap<number, number>;
}
