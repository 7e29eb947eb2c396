import {
  type HostId,
  type NumaNode,
  type PciAddress,
  parseNetdevName,
  parsePciAddress,
  SriovError,
  type VfUser,
} from '@virtfn/model';
import type { Card } from '../cards/index.ts';
import { kernelDriver, type PfState } from '../drivers/index.ts';
import { KernelErrno } from '../kernel/kernel-answer.ts';
import { makeOptionVfs } from '../kernel/load-driver.ts';
import { resumeRemoval } from '../kernel/sriov-numvfs.ts';
import { burntInMac } from './burnt-in-mac.ts';
import type { MachineKernel } from './machine-kernel.ts';
import { hasCarrier, pfNetdevName, type SimulatedPf, type SimulatedVf } from './simulated-pf.ts';
import type { Uevent } from './uevent.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Where a card is plugged in and what its ports are called. */
export interface CardSlot {
  readonly card: Card;
  /** Bus and device of the card, `0000:82:00`; its ports are the functions behind it. */
  readonly slot: string;
  readonly netdevNames: readonly string[];
  readonly numaNode?: number;
  /** Ports without a live partner have no carrier. All have one by default. */
  readonly unpluggedPorts?: readonly number[];
  /** Ports that nothing brings up at boot. */
  readonly downPorts?: readonly number[];
  readonly defaultRoutePort?: number;
  /** Last bus of the bridge above, `0x83`. All the rest of the domain by default. */
  readonly lastBus?: number;
}

/**
 * A machine in memory: cards in slots and the state of its kernel. Its operations are what system calls do; it
 * knows nothing of plans or agents.
 */
export class SimulatedMachine implements MachineKernel {
  readonly hostId: HostId;
  readonly clock: VirtualClock;
  readonly numaNodes: readonly NumaNode[];
  readonly pfs: readonly SimulatedPf[];
  readonly noUsers: readonly VfUser[] = Object.freeze([]);
  readonly udevRenames: boolean;
  readonly kernelLog: string[] = [];
  readonly moduleOptions = new Map<string, number>();
  #boots = 0;
  readonly #listeners = new Set<(change: PciAddress) => void>();
  readonly #ueventListeners = new Set<(event: Uevent) => void>();

  constructor(
    hostId: HostId,
    clock: VirtualClock,
    slots: readonly CardSlot[],
    options: { readonly udevRenames?: boolean; readonly numaNodes?: readonly NumaNode[] } = {},
  ) {
    this.hostId = hostId;
    this.clock = clock;
    this.numaNodes = options.numaNodes ?? nodesOf(slots);
    this.udevRenames = options.udevRenames ?? true;
    let ports = 0;
    this.pfs = slots.flatMap((slot, index) => {
      const pfs = plugIn(hostId, slot, index, ports);
      ports += pfs.length;
      return pfs;
    });
    this.#startKernel();
  }

  get bootId(): string {
    return `${this.hostId}-boot-${this.#boots}`;
  }

  freeEthNumber(): number {
    const taken = new Set<string | null>(this.pfs.map(pfNetdevName));
    for (const pf of this.pfs) for (const vf of pf.vfs) taken.add(vf.netdevName);
    let number = 0;
    while (taken.has(`eth${number}`)) number += 1;
    return number;
  }

  isRescanLocked(): boolean {
    return this.pfs.some((pf) => pf.removalBlocked);
  }

  /** @throws {SriovError} PF_UNKNOWN */
  pf(address: PciAddress): SimulatedPf {
    const pf = this.pfs.find((each) => each.address === address);
    if (pf !== undefined) return pf;
    throw new SriovError('PF_UNKNOWN', `Cannot find PF ${address} on simulated host ${this.hostId}`);
  }

  /** @throws {KernelErrno} EINVAL when the PF has no such VF, as drivers answer */
  vf(pf: SimulatedPf, vfIndex: number): SimulatedVf {
    const vf = pf.vfs[vfIndex];
    if (vf === undefined) throw new KernelErrno('EINVAL');
    return vf;
  }

  pfState(pf: SimulatedPf): PfState {
    return {
      productId: pf.card.productId,
      adminUp: pf.adminUp,
      carrier: hasCarrier(pf, this.clock.now()),
      linkMbps: pf.linkMbps,
    };
  }

  /** Plugs the cable of a PF in or out. */
  setCable(pf: SimulatedPf, plugged: boolean): void {
    if (pf.cable === plugged) return;
    pf.cable = plugged;
    this.changed(pf);
  }

  /** The link comes up again with another speed. igb then forgets the rates of all VFs. */
  setLinkSpeed(pf: SimulatedPf, linkMbps: number): void {
    if (pf.linkMbps === linkMbps) return;
    pf.linkMbps = linkMbps;
    if (pf.driver?.forgetsRatesOnLinkSpeed === true) {
      for (const vf of pf.vfs) vf.settings = { ...vf.settings, minTxRateMbps: null, maxTxRateMbps: null };
    }
    this.changed(pf);
  }

  addVfUser(pf: SimulatedPf, vfIndex: number, user: VfUser): void {
    const vf = this.vf(pf, vfIndex);
    if (user.kind === 'vfio' && vf.driver !== 'vfio-pci') throw new KernelErrno('ENOENT');
    if (user.kind !== 'vfio' && vf.netdevName === null) throw new KernelErrno('ENODEV');
    vf.users = [...vf.users, user];
    this.changed(pf);
  }

  /** All users let go of the VF. A removal that waited for them goes on. */
  removeVfUsers(pf: SimulatedPf, vfIndex: number): void {
    this.vf(pf, vfIndex).users = this.noUsers;
    resumeRemoval(this, pf);
    this.changed(pf);
  }

  log(pf: SimulatedPf, text: string): void {
    this.kernelLog.push(`${pf.driver?.name ?? 'pci'} ${pf.address}: ${text}`);
  }

  uevent(action: Uevent['action'], subsystem: Uevent['subsystem'], device: () => string): void {
    if (this.#ueventListeners.size === 0) return;
    const event: Uevent = { action, subsystem, device: device() };
    for (const listener of this.#ueventListeners) listener(event);
  }

  changed(pf: SimulatedPf): void {
    for (const listener of this.#listeners) listener(pf.address);
  }

  onUevent(listener: (event: Uevent) => void): () => void {
    this.#ueventListeners.add(listener);
    return () => this.#ueventListeners.delete(listener);
  }

  onChange(listener: (pf: PciAddress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Switches the machine off and on: everything but cards, slots and cables is lost. */
  reboot(): void {
    this.#boots += 1;
    this.#startKernel();
    for (const pf of this.pfs) this.changed(pf);
  }

  #startKernel(): void {
    this.kernelLog.length = 0;
    for (const pf of this.pfs) {
      pf.adminUp = pf.upAtBoot;
      pf.mtu = 1500;
      pf.numVfs = 0;
      pf.numVfsOfCard = 0;
      pf.driversAutoprobe = true;
      pf.eswitchMode = pf.card.eswitchMode;
      if (pfNetdevName(pf) === null) pf.driver = kernelDriver(pf.card.driver);
      pf.vfs = [];
      pf.fdb = [];
      pf.promiscuous = false;
      pf.linkBackAt = 0;
      pf.removalBlocked = false;
    }
    for (const pf of this.pfs) makeOptionVfs(this, pf);
  }
}

/** The nodes up to the last that has a card, each a socket of its own, as on most machines. */
function nodesOf(slots: readonly CardSlot[]): readonly NumaNode[] {
  const last = Math.max(0, ...slots.map(({ numaNode = 0 }) => numaNode));
  return Array.from({ length: last + 1 }, (_, node) => ({ node, socket: node }));
}

/** `portsBefore`: ports of the slots before, so that each has an IOMMU group of its own. */
function plugIn(
  hostId: HostId,
  slot: CardSlot,
  slotIndex: number,
  portsBefore: number,
): readonly SimulatedPf[] {
  return slot.card.ports.map((port, index): SimulatedPf => {
    const name = slot.netdevNames[index] ?? `eth${slotIndex}p${index}`;
    const address = parsePciAddress(`${slot.slot}.${port.function}`);
    return {
      address,
      card: slot.card,
      port,
      netdevName: parseNetdevName(name),
      mac: burntInMac(hostId, address),
      serial: `${slot.card.productId}-${slot.slot.replaceAll(':', '')}`,
      numaNode: slot.numaNode ?? 0,
      iommuGroup: 10 + portsBefore + index,
      cable: !(slot.unpluggedPorts ?? []).includes(index),
      upAtBoot: !(slot.downPorts ?? []).includes(index),
      carriesDefaultRoute: slot.defaultRoutePort === index,
      mmioForVfs: 0xffff,
      lastBus: slot.lastBus ?? 0xff,
      driver: kernelDriver(slot.card.driver),
      linkMbps: slot.card.linkMbps,
      adminUp: false,
      mtu: 1500,
      numVfs: 0,
      numVfsOfCard: 0,
      driversAutoprobe: true,
      eswitchMode: slot.card.eswitchMode,
      vfs: [],
      fdb: [],
      promiscuous: false,
      linkBackAt: 0,
      removalBlocked: false,
    };
  });
}
