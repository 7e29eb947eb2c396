/** A lab: hosts, and the wires between their cards. */
export interface LabTopology {
  readonly name: string;
  readonly hosts: readonly HostTopology[];
}

export interface HostTopology {
  readonly name: string;
  readonly memoryMegabytes: number;
  /** Ports of Intel 82576 cards, each in a slot of its own, behind the IOMMU. */
  readonly cards: readonly CardTopology[];
  readonly netdevsims: readonly NetdevsimTopology[];
}

export interface CardTopology {
  /** 1, 2, … without a gap. The PF of slot 1 is 0000:01:00.0. */
  readonly slot: number;
  /** Ports with the same wire name hear each other, on one host or on two. */
  readonly wire: string;
}

/** A device without hardware, on no PCI bus: for switchdev, representors, rates, and hundreds of VFs. */
export interface NetdevsimTopology {
  /** The device is netdevsim/netdevsimID. */
  readonly id: number;
  readonly ports: number;
  readonly maxVfs: number;
}
