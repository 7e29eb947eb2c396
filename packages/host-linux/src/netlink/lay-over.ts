import type { ObservedHost, PhysicalFunction } from '@virtfn/model';
import type { LinkFacts, LinkKernel } from './link-kernel.ts';

/**
 * Lays what netlink tells over what sysfs showed: settings of VFs, eswitch mode, serial, firmware. Matched by the name
 * of the interface; one that was renamed in between stays without settings until the next look, which its rename
 * brings about.
 */
export async function layOver(host: ObservedHost, kernel: LinkKernel): Promise<ObservedHost> {
  if (host.pfs.length === 0) return host;
  const links = new Map((await kernel.listLinks()).map((link) => [link.name, link]));
  const pfs: PhysicalFunction[] = [];
  for (const pf of host.pfs) pfs.push(await layOverPf(pf, links.get(pf.netdevName ?? ''), kernel));
  return { ...host, pfs };
}

async function layOverPf(
  pf: PhysicalFunction,
  link: LinkFacts | undefined,
  kernel: LinkKernel,
): Promise<PhysicalFunction> {
  const devlink = await kernel.readDevlink(pf.pciAddress);
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
