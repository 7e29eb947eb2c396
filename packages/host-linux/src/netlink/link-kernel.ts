import type { EswitchMode, MacAddress, PciAddress, VfSetting, VfSettings } from '@virtfn/model';

/** What rtnetlink tells of one interface. */
export interface LinkFacts {
  readonly ifIndex: number;
  readonly name: string;
  readonly adminUp: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  /** VFs that the driver reported, by number; those that it left out are missing (K9). */
  readonly vfs: ReadonlyMap<number, VfSettings>;
}

/** What devlink tells of one PF. */
export interface DevlinkFacts {
  readonly eswitchMode: EswitchMode | null;
  readonly serial: string | null;
  readonly firmware: string | null;
}

/** What a driver holds for the transmission of a VF in switchdev mode. */
export interface VfRate {
  readonly minTxRateMbps: number | null;
  readonly maxTxRateMbps: number | null;
}

/** The devlink port of a VF whose rate the driver keeps there. */
export interface VfPort {
  readonly portIndex: number;
  readonly rate: VfRate;
}

/** The kernel's refusal of a netlink request. */
export class NetlinkRefusal extends Error {
  override readonly name = 'NetlinkRefusal';
  /** `EOPNOTSUPP` and the like. */
  readonly errno: string;
  /** The kernel's own words (extended acknowledgement); null when it has none. */
  readonly words: string | null;

  constructor(errno: string, words: string | null) {
    super(words === null ? errno : `${errno}: ${words}`);
    this.errno = errno;
    this.words = words;
  }
}

/**
 * The part of the kernel that is spoken to by netlink.
 *
 * @throws {NetlinkRefusal} from each call, {SriovError} STEP_TIMEOUT when there is no answer
 */
export interface LinkKernel {
  /** All interfaces of this network namespace with the settings of their VFs, in one dump. */
  listLinks(): Promise<readonly LinkFacts[]>;
  readLink(ifIndex: number): Promise<LinkFacts>;
  /** One setting in one message, so that a refusal is exact. A MAC of null is sent as all zeros. */
  setVf(ifIndex: number, vfIndex: number, setting: VfSetting): Promise<void>;
  /**
   * Several settings, each in a message of its own, sent at once; what is refused does not keep the others from being made.
   *
   * @returns for each whether it was taken
   */
  setVfs(
    ifIndex: number,
    changes: readonly { readonly vfIndex: number; readonly setting: VfSetting }[],
  ): Promise<readonly boolean[]>;
  setUp(ifIndex: number): Promise<void>;
  /** Of the device behind an interface, which must be at `pf`; null: its driver does not say, or it is another's by now. */
  readFirmware(netdevName: string, pf: PciAddress): Promise<string | null>;
  setMtu(ifIndex: number, mtu: number): Promise<void>;
  /** Unicast MACs that interfaces have been told of beside their own, by number of the interface, all in one dump. */
  listFdb(): Promise<ReadonlyMap<number, readonly MacAddress[]>>;
  /** EEXIST if it is there. */
  addFdbEntry(ifIndex: number, mac: MacAddress): Promise<void>;
  /** ENOENT if it is not there. */
  removeFdbEntry(ifIndex: number, mac: MacAddress): Promise<void>;
  /** Null where the kernel has no devlink, or the PF's driver does not speak it. */
  readDevlink(pf: PciAddress): Promise<DevlinkFacts | null>;
  /** By VF number, all in two dumps; VFs are missing whose rate the driver does not keep at their devlink port. */
  readVfPorts(pf: PciAddress): Promise<ReadonlyMap<number, VfPort>>;
  /** In switchdev mode. Two messages: after a refusal one of them may be in force. */
  setPortRate(pf: PciAddress, portIndex: number, rate: VfRate): Promise<void>;
  setEswitchMode(pf: PciAddress, mode: EswitchMode): Promise<void>;
}
