import { type NetdevName, parseNetdevName } from '@virtfn/model';
import { parseCount, parseHex, parseOrNull } from './parse-values.ts';
import type { SysfsReader } from './sysfs-reader.ts';

/** Uplink `p0`; representors `pf0`, `pf0vf3`, `pf0sf7`, with the controller before it on a DPU: `c1pf0vf3` (K12). */
const UPLINK = /^p\d+$/;
const VF_REPRESENTOR = /^(c\d+)?pf\d+vf(\d+)$/;
const REPRESENTOR = /^(c\d+)?pf\d+((vf|sf)\d+)?$/;

const IFF_UP = 1;

/** The netdevs that hang on one PF's PCI function. */
export interface PfNetdevs {
  readonly own: NetdevName | null;
  readonly vfRepresentors: ReadonlyMap<number, NetdevName>;
}

/** Whether an interface is up, and has a link. Without an interface neither. */
export function readLinkState(
  reader: SysfsReader,
  netdevName: NetdevName | null,
): { readonly adminUp: boolean; readonly carrier: boolean } {
  if (netdevName === null) return { adminUp: false, carrier: false };
  const folder = `/sys/class/net/${netdevName}`;
  return {
    adminUp: ((parseHex(reader.text(`${folder}/flags`)) ?? 0) & IFF_UP) !== 0,
    carrier: reader.text(`${folder}/carrier`) === '1',
  };
}

/** Where the netdevs of a PCI function are listed. virtio puts one more device in between. */
function netdevFolder(reader: SysfsReader, device: string): readonly string[] | null {
  const direct = reader.list(`${device}/net`);
  if (direct !== null) return direct;
  const virtio = reader.list(device)?.find((name) => /^virtio\d+$/.test(name));
  return virtio === undefined ? null : reader.list(`${device}/${virtio}/net`);
}

/** Names of the netdevs on a PCI function, sorted. null: its driver has none. */
export function readNetdevNames(reader: SysfsReader, device: string): readonly NetdevName[] | null {
  const names = netdevFolder(reader, device);
  if (names === null) return null;
  return names
    .toSorted()
    .map((name) => parseOrNull(parseNetdevName, name))
    .filter((name) => name !== null);
}

/** Since Linux 5.8 representors are listed beside the PF's own netdev, so there may be hundreds (K12). */
export function readPfNetdevs(reader: SysfsReader, device: string): PfNetdevs {
  const names = readNetdevNames(reader, device) ?? [];
  if (names.length <= 1) return { own: names[0] ?? null, vfRepresentors: new Map() };
  const ports = names.map((name) => ({
    name,
    port: reader.text(`/sys/class/net/${name}/phys_port_name`) ?? '',
  }));
  const vfRepresentors = new Map<number, NetdevName>();
  for (const { name, port } of ports) {
    const [, controller, vf] = VF_REPRESENTOR.exec(port) ?? [];
    const vfIndex = parseCount(vf ?? null);
    // Those of another controller stand for VFs of the machine that the card is plugged into.
    if (vfIndex !== null && controller === undefined) vfRepresentors.set(vfIndex, name);
  }
  const candidates = ports.filter(({ port }) => !REPRESENTOR.test(port));
  const uplink = candidates.find(({ port }) => UPLINK.test(port)) ?? firstPort(reader, candidates);
  return { own: uplink?.name ?? null, vfRepresentors };
}

/** Cards with several ports on one PCI function (ConnectX-3) number them in dev_port. */
function firstPort<T extends { readonly name: NetdevName }>(
  reader: SysfsReader,
  ports: readonly T[],
): T | undefined {
  if (ports.length <= 1) return ports[0];
  const numbered = ports.map((port) => ({
    port,
    number: parseCount(reader.text(`/sys/class/net/${port.name}/dev_port`)) ?? 0,
  }));
  return numbered.toSorted((a, b) => a.number - b.number)[0]?.port;
}
