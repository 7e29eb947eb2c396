import path from 'node:path/posix';
import type { SysfsReader } from './sysfs-reader.ts';

const RTF_UP = 0x1;
const RTF_REJECT = 0x200;
/** Enough for 30,000 routes. The IPv4 table starts with the default route, whatever comes behind. */
const LIMIT = 4 << 20;
const ZERO_V6 = '0'.repeat(32);

/** Interfaces that the default routes of /proc/net/route name. */
export function parseIpv4DefaultRoutes(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [netdev, destination, , flags = '', , , , mask] = line.trim().split(/\s+/);
    const isDefault = destination === '00000000' && mask === '00000000' && isUsable(flags);
    return netdev !== undefined && isDefault ? [netdev] : [];
  });
}

/** Interfaces that the default routes of /proc/net/ipv6_route name. */
export function parseIpv6DefaultRoutes(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [destination, prefix, , , , , , , flags = '', netdev] = line.trim().split(/\s+/);
    const isDefault = destination === ZERO_V6 && prefix === '00' && isUsable(flags);
    return netdev !== undefined && isDefault ? [netdev] : [];
  });
}

function isUsable(flags: string): boolean {
  const bits = /^[0-9a-f]{1,8}$/i.test(flags) ? Number.parseInt(flags, 16) : 0;
  return (bits & RTF_UP) !== 0 && (bits & RTF_REJECT) === 0;
}

/**
 * Every interface that a default route passes: the one it names, and all below it (the ports of a bridge, the legs of
 * a bond, the parent of a VLAN).
 */
export function readDefaultRouteNetdevs(reader: SysfsReader): ReadonlySet<string> {
  const named = [
    ...parseIpv4DefaultRoutes(reader.text('/proc/net/route', LIMIT) ?? ''),
    ...parseIpv6DefaultRoutes(reader.text('/proc/net/ipv6_route', LIMIT) ?? ''),
  ];
  const passed = new Set(named.filter(isPathPart));
  // A set gives what is added while it is walked.
  for (const netdev of passed) {
    for (const below of lowerNetdevs(reader, netdev)) passed.add(below);
  }
  return passed;
}

function lowerNetdevs(reader: SysfsReader, netdev: string): readonly string[] {
  const names = reader.list(`/sys/class/net/${netdev}`) ?? [];
  const lower = names.filter((name) => name.startsWith('lower_')).map((name) => name.slice('lower_'.length));
  if (lower.length > 0 || names.length === 0 || names.includes('device')) return lower;
  // The internal port of an Open vSwitch bridge (br-ex) has no link to the ports of that bridge: they hang under
  // ovs-system. Which of them it uses cannot be told here, so all count.
  return netdev !== 'ovs-system' && reader.has('/sys/class/net/ovs-system') ? ['ovs-system'] : [];
}

/** Whether a default route passes the interface, or the bridge, bond or team that it is a port of. */
export function isOnDefaultRoute(
  reader: SysfsReader,
  passed: ReadonlySet<string>,
  netdev: string | null,
): boolean {
  const seen = new Set<string>();
  for (let name = netdev; name !== null && !seen.has(name); name = masterOf(reader, name)) {
    if (passed.has(name)) return true;
    seen.add(name);
  }
  return false;
}

function masterOf(reader: SysfsReader, netdev: string): string | null {
  return reader.linkName(path.join('/sys/class/net', netdev, 'master'));
}

/** Names come from files that a snapshot may have got wrong. */
function isPathPart(name: string): boolean {
  return name !== '.' && name !== '..' && !name.includes('/');
}
