import type { ObservedHost, PhysicalFunction } from '@virtfn/model';
import type { LinkFacts, LinkKernel } from './link-kernel.ts';

/**
 * Lays what netlink tells over what sysfs showed: settings of VFs, eswitch mode, serial, firmware. Matched by the name
 * of the interface; one that was renamed in between stays without settings until the next look, which its rename
 * brings about.
 */
export function layOver(host: ObservedHost, kernel: LinkKernel): ObservedHost {
  if (host.pfs.length === 0) return host;
  const links = new Map(kernel.listLinks().map((link) => [link.name, link]));
  return { ...host, pfs: host.pfs.map((pf) => layOverPf(pf, links.get(pf.netdevName ?? ''), kernel)) };
}

export function layOverPf(
  pf: PhysicalFunction,
  link: LinkFacts | undefined,
  kernel: LinkKernel,
): PhysicalFunction {
  const devlink = kernel.readDevlink(pf.pciAddress);
  const vfs =
    link === undefined ? pf.vfs : pf.vfs.map((vf) => ({ ...vf, settings: link.vfs.get(vf.vfIndex) ?? null }));
  return {
    ...pf,
    eswitchMode: devlink?.eswitchMode ?? pf.eswitchMode,
    serial: devlink?.serial ?? pf.serial,
    firmware: devlink?.firmware ?? pf.firmware,
    vfs,
  };
}
