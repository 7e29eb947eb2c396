import {
  type DriverInfo,
  decodeDriverInfo,
  decodeFdbEntry,
  decodeLink,
  decodeRoute,
  encodeAddFdb,
  encodeGetDriverInfo,
  encodeGetLink,
  encodeListFdb,
  encodeListLinks,
  encodeListRoutes,
  encodeRemoveFdb,
  encodeSetLink,
  encodeSetVf,
  type FdbEntry,
  type FdbTarget,
  type Link,
  type LinkDetail,
  type LinkSelector,
  NetlinkDecodeError,
  type NetlinkRequest,
  type Route,
  type VfAttribute,
} from '../codec/index.ts';
import { type NetlinkError, NetlinkSocket, Protocol, type System } from '../socket/index.ts';

/** IFNAMSIZ less its NUL. */
const MAX_NAME_BYTES = 15;
/** Acknowledgements of more might not fit into the socket's buffer (212,992 bytes, about 800 for each). */
const CHANGES_AT_ONCE = 64;

export interface ClientOptions {
  /** For each request, in milliseconds; 5000 unless told. Drivers that talk to firmware can take seconds. */
  readonly limitMs?: number;
  /** Work on this thread, see NetlinkSocketOptions; false unless told. */
  readonly blocking?: boolean;
  /** Another operating system than the real one, for tests. */
  readonly system?: System;
}

/**
 * Links, VFs, forwarding database and routes of the network namespace the process is in. Reading needs no privilege,
 * changes need CAP_NET_ADMIN.
 *
 * Each method throws {NetlinkError} when the kernel refuses (`code` is "ENODEV", "EPERM", "EOPNOTSUPP" …),
 * {NetlinkTimeout}, {NetlinkDecodeError}, and {RangeError} for a value that fits no request. A change that succeeded may
 * still not be in force: drivers are known to ignore some. Read back.
 */
export class RouteClient {
  readonly #socket: NetlinkSocket;
  readonly #limitMs: { readonly limitMs?: number };

  constructor({ limitMs, blocking = false, system }: ClientOptions = {}) {
    this.#socket = new NetlinkSocket({ protocol: Protocol.route, blocking, ...(system && { system }) });
    this.#limitMs = limitMs === undefined ? {} : { limitMs };
  }

  /** All links, by rising ifIndex or as the kernel has them. */
  async listLinks(detail: LinkDetail = 'plain'): Promise<readonly Link[]> {
    const replies = await this.#ask(encodeListLinks(detail), 'list links');
    return replies.map(decodeLink);
  }

  /** One link, by number, name or altname; ENODEV if there is none. */
  async getLink(selector: LinkSelector, detail: LinkDetail = 'plain'): Promise<Link> {
    const which = 'name' in selector ? selector.name : selector.ifIndex;
    const [reply] = await this.#ask(encodeGetLink(selector, detail), `read link ${which}`);
    if (reply === undefined) throw new NetlinkDecodeError(`link ${which}`, 'an empty answer', 0);
    return decodeLink(reply);
  }

  /** What the driver of a link says of itself: firmware, bus. EOPNOTSUPP if it says nothing. */
  async getDriverInfo(name: string): Promise<DriverInfo> {
    // The kernel takes what stands before its 16th byte for the name, which would be another link's.
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new RangeError(`Cannot ask link "${name}": too long`);
    const message = encodeGetDriverInfo();
    await this.#socket.ethtool(name, message, { what: `ask the driver of link ${name}`, ...this.#limitMs });
    return decodeDriverInfo(message);
  }

  /** Sets one attribute of one VF through its PF. Idempotent. */
  async setVf(ifIndex: number, vfIndex: number, attribute: VfAttribute): Promise<void> {
    await this.#ask(
      encodeSetVf(ifIndex, vfIndex, attribute),
      `set ${attribute.kind} of VF ${vfIndex} of link ${ifIndex}`,
    );
  }

  /**
   * Sets attributes of VFs through their PF, each by a message of its own, all of them sent at once: one after the other in the
   * kernel, also behind one that it refuses. Idempotent.
   *
   * @returns for each change its refusal, or null
   */
  async setVfs(
    ifIndex: number,
    changes: readonly { readonly vfIndex: number; readonly attribute: VfAttribute }[],
  ): Promise<readonly (NetlinkError | null)[]> {
    const refusals: (NetlinkError | null)[] = [];
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const requests = changes.slice(at, at + CHANGES_AT_ONCE).map(({ vfIndex, attribute }) => ({
        request: encodeSetVf(ifIndex, vfIndex, attribute),
        what: `set ${attribute.kind} of VF ${vfIndex} of link ${ifIndex}`,
      }));
      const what = `set attributes of VFs of link ${ifIndex}`;
      refusals.push(...(await this.#socket.requestAll(requests, { what, ...this.#limitMs })));
    }
    return refusals;
  }

  /** Sets a link administratively up or down. Idempotent. */
  async setLinkUp(ifIndex: number, up: boolean): Promise<void> {
    const what = `set link ${ifIndex} ${up ? 'up' : 'down'}`;
    await this.#ask(encodeSetLink(ifIndex, { kind: 'admin-state', up }), what);
  }

  /** Bytes; EINVAL outside of what the driver allows. Idempotent. */
  async setMtu(ifIndex: number, mtu: number): Promise<void> {
    await this.#ask(encodeSetLink(ifIndex, { kind: 'mtu', mtu }), `set the MTU of link ${ifIndex}`);
  }

  /** EEXIST if another link has the name, EBUSY while the link is up on kernels before 6.2. */
  async setName(ifIndex: number, name: string): Promise<void> {
    await this.#ask(encodeSetLink(ifIndex, { kind: 'name', name }), `rename link ${ifIndex}`);
  }

  /** Forwarding entries of one link, or of all with null: its own, and those of the bridge it is in. */
  async listFdb(ifIndex: number | null = null): Promise<readonly FdbEntry[]> {
    const replies = await this.#ask(encodeListFdb(ifIndex), 'list forwarding entries');
    const entries = replies.map(decodeFdbEntry).filter((entry) => entry !== null);
    // Kernels before 4.20 do not filter.
    return entries.filter((entry) => ifIndex === null || entry.ifIndex === ifIndex);
  }

  /** As `bridge fdb add MAC dev LINK self permanent`. EEXIST if it is there. */
  async addFdb(target: FdbTarget): Promise<void> {
    await this.#ask(encodeAddFdb(target), `add ${target.mac} to the forwarding of link ${target.ifIndex}`);
  }

  /** As `bridge fdb del MAC dev LINK self`. ENOENT if it is not there. */
  async removeFdb(target: FdbTarget): Promise<void> {
    const what = `remove ${target.mac} from the forwarding of link ${target.ifIndex}`;
    await this.#ask(encodeRemoveFdb(target), what);
  }

  /** Routes to everywhere, of both families and all tables. */
  async listDefaultRoutes(): Promise<readonly Route[]> {
    const routes: Route[] = [];
    for (const family of ['ipv4', 'ipv6'] as const) {
      const replies = await this.#ask(encodeListRoutes(family), `list ${family} routes`);
      const decoded = replies.map(decodeRoute).filter((route) => route !== null);
      routes.push(...decoded.filter(({ dstLength }) => dstLength === 0));
    }
    return routes;
  }

  /** Idempotent. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #ask(request: NetlinkRequest, what: string): ReturnType<NetlinkSocket['request']> {
    return this.#socket.request(request, { what, ...this.#limitMs });
  }
}
