import {
  type EswitchMode,
  type LinkState,
  type MacAddress,
  type NetdevName,
  type PciAddress,
  type PciId,
  parseNetdevName,
  type VfSettings,
  type VfUser,
  vfPciAddress,
} from '@virtfn/model';
import type { Card, CardPort } from '../cards/index.ts';
import { type KernelDriver, kernelDriver } from '../drivers/index.ts';

/** What the kernel holds for one VF. Lost when the VF is removed. Small, because fleets have a million. */
export interface SimulatedVf {
  readonly vfIndex: number;
  driver: string | null;
  netdevName: NetdevName | null;
  effectiveMac: MacAddress | null;
  mtu: number;
  /** As the PF set them: a MAC of null is none set, whatever the driver shows. */
  settings: VfSettings;
  /** The MAC that the VF's driver picked and told its PF, until the PF sets or clears it. */
  ownMac: MacAddress | null;
  users: readonly VfUser[];
  /** Virtual time at which the PF's virtfn link and the VF's folder are there (SNO PR#1019: they come late). */
  visibleAt: number;
  /** Virtual time until which the VF is being reset and its driver answers EAGAIN. */
  resetUntil: number;
}

/** One PF: what its slot holds (kept over reboots) and what the kernel holds (lost). */
export interface SimulatedPf {
  readonly address: PciAddress;
  readonly card: Card;
  readonly port: CardPort;
  readonly netdevName: NetdevName;
  readonly mac: MacAddress;
  readonly serial: string;
  readonly numaNode: number;
  readonly iommuGroup: number;
  /** Last bus that the bridge above gives to this card; VFs behind it cannot be enabled (K3). */
  lastBus: number;
  /** Whether a cable with a live partner is plugged in. */
  cable: boolean;
  /** Whether the machine's own network set-up brings this PF up at boot. */
  upAtBoot: boolean;
  carriesDefaultRoute: boolean;
  /** VFs for which there is MMIO space; more give ENOMEM (K3). */
  mmioForVfs: number;
  driver: KernelDriver | null;
  /** Mbit/s that the partner at the other end of the cable allows. */
  linkMbps: number;

  adminUp: boolean;
  mtu: number;
  numVfs: number;
  /** NumVFs in the card's own registers: written before the VFs appear, while the kernel counts them after (K6). */
  numVfsOfCard: number;
  driversAutoprobe: boolean;
  eswitchMode: EswitchMode | null;
  vfs: SimulatedVf[];
  /** `bridge fdb … dev PF self`: MACs behind a bridge over the PF that the card was told of. */
  fdb: readonly MacAddress[];
  /** What the kernel switches on when the PF joins a bridge. */
  promiscuous: boolean;
  /** Virtual time at which the link is back after a reset of the PF. */
  linkBackAt: number;
  /** A write of 0 that waits for a process to let go of a VF, holding the PF's locks (K4). */
  removalBlocked: boolean;
}

const FRESH_LINK_STATE: LinkState = 'auto';

/** What a VF starts with, shared by all VFs of drivers that start alike. */
const FRESH = new WeakMap<KernelDriver, VfSettings>();

export function freshSettings(driver: KernelDriver): VfSettings {
  let settings = FRESH.get(driver);
  if (settings === undefined) {
    settings = Object.freeze({
      adminMac: null,
      vlan: null,
      // Without the operation the kernel reports -1, which is "not known" (K9).
      spoofCheck: driver.ndo.has('spoofCheck') ? driver.freshSpoofCheck : null,
      trust: driver.ndo.has('trust') ? false : null,
      linkState: FRESH_LINK_STATE,
      minTxRateMbps: null,
      maxTxRateMbps: null,
    });
    FRESH.set(driver, settings);
  }
  return settings;
}

/** What the PF shows for a VF: on some drivers the VF's own MAC where none was set. */
export function shownSettings(pf: SimulatedPf, vf: SimulatedVf): VfSettings {
  const isOwnShown = pf.driver?.reportsOwnMac === true && vf.settings.adminMac === null && vf.ownMac !== null;
  return isOwnShown ? { ...vf.settings, adminMac: vf.ownMac } : vf.settings;
}

export function hasCarrier(pf: SimulatedPf, now: number): boolean {
  return pf.cable && pf.adminUp && now >= pf.linkBackAt;
}

/** The PF's interface. Without a driver, or on vfio-pci, it has none. */
export function pfNetdevName(pf: SimulatedPf): NetdevName | null {
  return pf.driver === null || pf.driver.name === 'vfio-pci' ? null : pf.netdevName;
}

export function vfAddress(pf: SimulatedPf, vfIndex: number): PciAddress {
  return vfPciAddress(pf.address, vfOffset(pf), pf.port.vfStride, vfIndex);
}

/** First VF Offset, for the number of VFs that the card was told, or is about to be. */
export function vfOffset({ port, numVfsOfCard }: SimulatedPf, numVfs = numVfsOfCard): number {
  return port.manyVfs !== null && numVfs >= port.manyVfs.from ? port.manyVfs.vfOffset : port.vfOffset;
}

/** Every VF has a group of its own, as behind ports with ACS. */
export function vfIommuGroup(pf: SimulatedPf, vfIndex: number): number {
  return pf.iommuGroup * 256 + vfIndex;
}

/** Name of the interface that stands for a VF in switchdev mode. */
export function vfRepresentor(pf: SimulatedPf, vfIndex: number): NetdevName {
  return parseNetdevName(`${pf.netdevName}r${vfIndex}`);
}

/** What the card says, or less by what its driver told the PCI core, which does not forget it when the driver goes. */
export function sriovTotalVfs(pf: SimulatedPf): number {
  const own = pfNetdevName(pf) === null ? kernelDriver(pf.card.driver) : pf.driver;
  return Math.min(pf.card.totalVfs, own?.totalVfsCap ?? pf.card.totalVfs);
}

export function vfProductId(pf: SimulatedPf): PciId {
  return pf.card.vfProductId as PciId;
}
