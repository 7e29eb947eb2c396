import type { ObservedHost, PhysicalFunction, VfSettings } from '@virtfn/model';
import type { LinkFacts, LinkKernel, VfPort } from './link-kernel.ts';

const NO_PORTS: ReadonlyMap<number, VfPort> = new Map();

/**
 * Lays what drivers tell over what sysfs showed: settings of VFs, forwarding entries, eswitch mode, firmware, and the
 * serial number where the card's own is not to be seen. Matched by the name of the interface; one that was renamed in between stays without
 * settings until the next look, which its rename brings about.
 */
export async function layOver(host: ObservedHost, kernel: LinkKernel): Promise<ObservedHost> {
  if (host.pfs.length === 0) return host;
  const links = new Map((await kernel.listLinks()).map((link) => [link.name, link]));
  const fdb = await kernel.listFdb();
  const pfs: PhysicalFunction[] = [];
  for (const pf of host.pfs) {
    const link = links.get(pf.netdevName ?? '');
    const seen = await layOverPf(pf, link, kernel);
    const entries = link === undefined ? [] : (fdb.get(link.ifIndex) ?? []);
    pfs.push({ ...seen, fdb: entries.filter((mac) => mac !== pf.mac) });
  }
  return { ...host, pfs };
}

async function layOverPf(
  pf: PhysicalFunction,
  link: LinkFacts | undefined,
  kernel: LinkKernel,
): Promise<PhysicalFunction> {
  const devlink = await kernel.readDevlink(pf.pciAddress);
  const eswitchMode = devlink?.eswitchMode ?? pf.eswitchMode;
  const firmware = link === undefined ? null : await kernel.readFirmware(link.name, pf.pciAddress);
  const ports = eswitchMode === 'switchdev' ? await kernel.readVfPorts(pf.pciAddress) : NO_PORTS;
  const settingsOf = (vfIndex: number): VfSettings | null => {
    const settings = link?.vfs.get(vfIndex) ?? null;
    return settings === null ? null : { ...settings, ...ports.get(vfIndex)?.rate };
  };
  return {
    ...pf,
    eswitchMode,
    serial: pf.serial ?? devlink?.serial ?? null,
    firmware: firmware ?? devlink?.firmware ?? pf.firmware,
    vfs: link === undefined ? pf.vfs : pf.vfs.map((vf) => ({ ...vf, settings: settingsOf(vf.vfIndex) })),
  };
}
