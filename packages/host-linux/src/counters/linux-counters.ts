import {
  type HostCounters,
  type InterfaceCounters,
  mayCountVfs,
  type PfCounters,
  trustedVfCounters,
  type VfCounters,
} from '@virtfn/host';
import { type Link, type LinkDetail, NetlinkError, NetlinkTimeout, RouteClient } from '@virtfn/netlink';
import { type PhysicalFunction, SriovError, type VirtualFunction } from '@virtfn/model';

/** Asks the kernel about one link. @throws {NetlinkError, NetlinkTimeout} */
export type AskForLink = (name: string, detail: LinkDetail) => Promise<Link>;

/** Less than the patience of whoever scrapes. Drivers that ask their firmware take milliseconds for each VF. */
const LIMIT_MS = 2000;

/** The counters of this machine. Reading needs no privilege. */
export class LinuxCounters implements HostCounters {
  readonly #ask: AskForLink;

  constructor(ask: AskForLink) {
    this.#ask = ask;
  }

  async read(pfs: readonly PhysicalFunction[]): Promise<readonly PfCounters[]> {
    const read: PfCounters[] = [];
    // One after the other: the kernel answers all of them under one lock.
    for (const pf of pfs) {
      const counters = await this.#readPf(pf);
      if (counters !== null) read.push(counters);
    }
    return read;
  }

  async #readPf(pf: PhysicalFunction): Promise<PfCounters | null> {
    if (pf.netdevName === null) return null;
    const link = await this.#findLink(pf.netdevName, mayCountVfs(pf) ? 'vfs-and-stats' : 'plain');
    const own = link?.stats ?? null;
    if (link === null || own === null || isAnothers(link, pf)) return null;
    const vfs = vfCounters(link, pf);
    const vfInterfaces = vfs === null ? await this.#readInterfaces(pf.vfs) : new Map();
    return { pf: pf.pciAddress, own, vfs, vfInterfaces };
  }

  async #readInterfaces(vfs: readonly VirtualFunction[]): Promise<ReadonlyMap<number, InterfaceCounters>> {
    const counted = new Map<number, InterfaceCounters>();
    for (const vf of vfs) {
      // Seldom more than a few: a virtual machine that has a VF, or a closed one, leaves no interface here.
      const link = vf.netdevName === null ? null : await this.#findLink(vf.netdevName, 'plain');
      const stats = link === null || isAnothers(link, vf) ? null : link.stats;
      if (stats !== null) counted.set(vf.vfIndex, stats);
    }
    return counted;
  }

  /** null: it is gone, or has another name by now. */
  async #findLink(name: string, detail: LinkDetail): Promise<Link | null> {
    try {
      return await this.#ask(name, detail);
    } catch (cause) {
      const why = `Cannot read the counters of ${name}`;
      if (cause instanceof NetlinkTimeout)
        throw new SriovError('STEP_TIMEOUT', `${why}: no answer from the kernel in ${LIMIT_MS / 1000} s`, {
          cause,
        });
      if (!(cause instanceof NetlinkError)) throw cause;
      if (cause.code === 'ENODEV') return null;
      throw new SriovError('KERNEL_REFUSED', `${why}: the kernel answered ${cause.code}`, { cause });
    }
  }
}

/** Kernels before 5.14 do not say whose a link is. */
function isAnothers({ parentDevName }: Link, { pciAddress }: Pick<PhysicalFunction, 'pciAddress'>): boolean {
  return parentDevName !== null && parentDevName !== pciAddress;
}

function vfCounters(link: Link, pf: PhysicalFunction): ReadonlyMap<number, VfCounters> | null {
  // More VFs than netlink can hold with their counters, and the list was not to be recovered.
  if (link.vfListTruncated) return null;
  const said = link.vfs.flatMap(({ vfIndex, stats }) => (stats === null ? [] : [[vfIndex, stats] as const]));
  return trustedVfCounters(pf, new Map(said));
}

/** Counters of this machine. The socket is opened at the first use, and stays. */
export function openLinuxCounters(): HostCounters {
  let route: RouteClient | null = null;
  return new LinuxCounters((name, detail) => {
    route ??= new RouteClient({ limitMs: LIMIT_MS });
    return route.getLink({ name }, detail);
  });
}
