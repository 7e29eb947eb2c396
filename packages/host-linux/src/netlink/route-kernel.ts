import {
  DevlinkClient,
  type Link,
  NetlinkError,
  NetlinkTimeout,
  RouteClient,
  type VfAttribute,
  type VfInfo,
} from '@virtfn/netlink';
import {
  type EswitchMode,
  isGroupMac,
  type MacAddress,
  type PciAddress,
  parseMacAddress,
  SriovError,
  type Vlan,
  type VfSetting,
  type VfSettings,
  ZERO_MAC,
} from '@virtfn/model';
import { parseOrNull } from '../sysfs/parse-values.ts';
import { portsOfVfs, rateChanges } from './devlink-rates.ts';
import {
  type DevlinkFacts,
  type LinkFacts,
  type LinkKernel,
  NetlinkRefusal,
  type VfPort,
  type VfRate,
} from './link-kernel.ts';

/** The running kernel, by rtnetlink and devlink. One per process; sockets are opened at the first use. */
export class RouteKernel implements LinkKernel {
  #route: RouteClient | null = null;
  #devlink: Promise<DevlinkClient | null> | null = null;

  async listLinks(): Promise<readonly LinkFacts[]> {
    const links = await this.#ask((route) => route.listLinks('vfs'));
    return links.map(factsOfLink);
  }

  async readLink(ifIndex: number): Promise<LinkFacts> {
    return factsOfLink(await this.#ask((route) => route.getLink({ ifIndex }, 'vfs')));
  }

  async setVf(ifIndex: number, vfIndex: number, setting: VfSetting): Promise<void> {
    await this.#ask((route) => route.setVf(ifIndex, vfIndex, attributeOf(setting)));
  }

  async setVfs(
    ifIndex: number,
    changes: readonly { readonly vfIndex: number; readonly setting: VfSetting }[],
  ): Promise<readonly boolean[]> {
    const attributes = changes.map(({ vfIndex, setting }) => ({ vfIndex, attribute: attributeOf(setting) }));
    const refusals = await this.#ask((route) => route.setVfs(ifIndex, attributes));
    return refusals.map((refusal) => refusal === null);
  }

  async setUp(ifIndex: number): Promise<void> {
    await this.#ask((route) => route.setLinkUp(ifIndex, true));
  }

  async setMtu(ifIndex: number, mtu: number): Promise<void> {
    await this.#ask((route) => route.setMtu(ifIndex, mtu));
  }

  async listFdb(): Promise<ReadonlyMap<number, readonly MacAddress[]>> {
    const byLink = new Map<number, MacAddress[]>();
    for (const entry of await this.#ask((route) => route.listFdb())) {
      // What a bridge has learnt or is told is no business of the card; group addresses are no stations.
      if (!entry.self || !entry.permanent || entry.vlan !== null || isGroupMac(entry.mac)) continue;
      const mac = parseOrNull(parseMacAddress, entry.mac);
      if (mac === null) continue;
      const macs = byLink.get(entry.ifIndex);
      if (macs === undefined) byLink.set(entry.ifIndex, [mac]);
      else macs.push(mac);
    }
    return byLink;
  }

  async addFdbEntry(ifIndex: number, mac: MacAddress): Promise<void> {
    await this.#ask((route) => route.addFdb({ ifIndex, mac, vlan: null }));
  }

  async removeFdbEntry(ifIndex: number, mac: MacAddress): Promise<void> {
    await this.#ask((route) => route.removeFdb({ ifIndex, mac, vlan: null }));
  }

  async readFirmware(netdevName: string, pf: PciAddress): Promise<string | null> {
    const info = await orNull(() => this.#ask((route) => route.getDriverInfo(netdevName)));
    return info?.busInfo === pf ? info.firmwareVersion : null;
  }

  async readDevlink(pf: PciAddress): Promise<DevlinkFacts | null> {
    const devlink = await this.#openDevlink();
    if (devlink === null) return null;
    const handle = { busName: 'pci', devName: pf };
    // ENODEV: the driver does not speak devlink; EOPNOTSUPP: not this part of it.
    const info = await orNull(() => devlink.getInfo(handle));
    const eswitch = await orNull(() => devlink.getEswitch(handle));
    if (info === null && eswitch === null) return null;
    const mode = eswitch?.mode ?? null;
    return {
      eswitchMode: mode === 'legacy' || mode === 'switchdev' ? mode : null,
      serial: info?.serialNumber ?? null,
      firmware: info?.runningVersions.get('fw') ?? info?.runningVersions.get('fw.mgmt') ?? null,
    };
  }

  async readVfPorts(pf: PciAddress): Promise<ReadonlyMap<number, VfPort>> {
    const devlink = await this.#openDevlink();
    if (devlink === null) return new Map();
    const handle = { busName: 'pci', devName: pf };
    // Kernels before 5.14 do not know rates, and drivers need not.
    const rates = await orNull(() => devlink.listRates(handle));
    if (rates === null || rates.length === 0) return new Map();
    return portsOfVfs((await orNull(() => devlink.listPorts(handle))) ?? [], rates, pf);
  }

  async setPortRate(pf: PciAddress, portIndex: number, rate: VfRate): Promise<void> {
    await refused(async () => {
      const devlink = await this.#openDevlink();
      if (devlink === null) throw new NetlinkRefusal('EOPNOTSUPP', 'this kernel has no devlink');
      const port = { busName: 'pci', devName: pf, portIndex };
      for (const change of rateChanges(await devlink.getRate(port), rate))
        await devlink.setRate(port, change);
    });
  }

  async setEswitchMode(pf: PciAddress, mode: EswitchMode): Promise<void> {
    const devlink = await this.#openDevlink();
    if (devlink === null) throw new NetlinkRefusal('EOPNOTSUPP', 'this kernel has no devlink');
    await refused(() => devlink.setEswitch({ busName: 'pci', devName: pf }, { kind: 'mode', mode }));
  }

  close(): void {
    this.#route?.close();
    void this.#devlink?.then((devlink) => devlink?.close());
  }

  #ask<Result>(question: (route: RouteClient) => Promise<Result>): Promise<Result> {
    return refused(() => {
      this.#route ??= new RouteClient();
      return question(this.#route);
    });
  }

  #openDevlink(): Promise<DevlinkClient | null> {
    this.#devlink ??= refused(() => DevlinkClient.open()).catch((error: unknown) => {
      // Whatever kept it from being opened may have passed by the next time.
      this.#devlink = null;
      throw error;
    });
    return this.#devlink;
  }
}

/** Gives the library's errors the form that this package speaks. */
async function refused<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NetlinkError) throw new NetlinkRefusal(error.code, error.kernelMessage);
    if (error instanceof NetlinkTimeout)
      throw new SriovError('STEP_TIMEOUT', error.message, { cause: error });
    throw error;
  }
}

/** null: the kernel refuses. */
async function orNull<Result>(call: () => Promise<Result>): Promise<Result | null> {
  try {
    return await refused(call);
  } catch (error) {
    if (error instanceof NetlinkRefusal) return null;
    throw error;
  }
}

function factsOfLink(link: Link): LinkFacts {
  const vfs = link.vfs.flatMap((vf) => {
    const settings = settingsOfVf(vf);
    return settings === null ? [] : [[vf.vfIndex, settings] as const];
  });
  return {
    ifIndex: link.ifIndex,
    name: link.name,
    adminUp: link.up,
    carrier: link.carrier === true,
    mtu: link.mtu ?? 0,
    vfs: new Map(vfs),
  };
}

/** null: the VF has something that the model has no word for, so that nothing may be concluded. */
function settingsOfVf(vf: VfInfo): VfSettings | null {
  const [first] = vf.vlans;
  const vlan = first === undefined ? null : vlanOf(first);
  if (vlan === undefined) return null;
  return {
    adminMac: parseOrNull(parseMacAddress, vf.adminMac),
    vlan,
    spoofCheck: vf.spoofCheck,
    trust: vf.trust,
    linkState: vf.linkState ?? 'auto',
    minTxRateMbps: vf.minTxRateMbps,
    maxTxRateMbps: vf.maxTxRateMbps,
  };
}

function vlanOf({ id, qos, proto }: VfInfo['vlans'][number]): Vlan | undefined {
  return proto === '802.1q' || proto === '802.1ad' ? { id, qos, proto } : undefined;
}

function attributeOf(setting: VfSetting): VfAttribute {
  switch (setting.attribute) {
    case 'adminMac':
      return { kind: 'mac', mac: setting.value ?? ZERO_MAC };
    case 'vlan':
      return setting.value === null
        ? { kind: 'vlan', id: 0, qos: 0, proto: '802.1q' }
        : { kind: 'vlan', ...setting.value };
    case 'spoofCheck':
      return { kind: 'spoof-check', enabled: setting.value };
    case 'trust':
      return { kind: 'trust', enabled: setting.value };
    case 'linkState':
      return { kind: 'link-state', state: setting.value };
    case 'rate':
      return { kind: 'rate', ...setting.value };
  }
}
