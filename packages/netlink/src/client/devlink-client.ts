import {
  type DevlinkDevice,
  type DevlinkHandle,
  type DevlinkInfo,
  type DevlinkPort,
  type DevlinkPortHandle,
  type DevlinkRate,
  decodeDevlinkDevice,
  decodeDevlinkInfo,
  decodeDevlinkPort,
  decodeDevlinkRate,
  decodeEswitch,
  decodeFamily,
  type Eswitch,
  type EswitchChange,
  encodeGetDevlinkInfo,
  encodeGetDevlinkPort,
  encodeGetDevlinkRate,
  encodeGetEswitch,
  encodeGetFamily,
  encodeListDevlinkDevices,
  encodeListDevlinkPorts,
  encodeListDevlinkRates,
  encodeSetDevlinkRate,
  encodeSetEswitch,
  type GenericFamily,
  NetlinkDecodeError,
  type NetlinkMessage,
  type NetlinkRequest,
  type RateChange,
} from '../codec/index.ts';
import { NetlinkError, NetlinkSocket, Protocol } from '../socket/index.ts';
import type { ClientOptions } from './route-client.ts';

/** Changing the eswitch mode resets the card and makes netdevs anew; mlx5 with many VFs takes tens of seconds. */
const DEFAULT_LIMIT_MS = 60_000;

/**
 * devlink of the network namespace the process is in. Throws as RouteClient does, `limitMs` is a minute unless told.
 * Reading needs no privilege, except of the eswitch, which like changes needs CAP_NET_ADMIN.
 */
export class DevlinkClient {
  readonly #socket: NetlinkSocket;
  readonly #limitMs: number;
  readonly #familyId: number;

  private constructor(socket: NetlinkSocket, familyId: number, limitMs: number) {
    this.#socket = socket;
    this.#familyId = familyId;
    this.#limitMs = limitMs;
  }

  /** Null: this kernel has no devlink, or has not loaded it. */
  static async open({
    limitMs = DEFAULT_LIMIT_MS,
    blocking = false,
    system,
  }: ClientOptions = {}): Promise<DevlinkClient | null> {
    const socket = new NetlinkSocket({ protocol: Protocol.generic, blocking, ...(system && { system }) });
    try {
      const family = await findFamily(socket, 'devlink', limitMs);
      if (family !== null) return new DevlinkClient(socket, family.id, limitMs);
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.close();
    return null;
  }

  async listDevices(): Promise<readonly DevlinkDevice[]> {
    const replies = await this.#ask(encodeListDevlinkDevices(this.#familyId), 'list devlink devices');
    return replies.map(decodeDevlinkDevice);
  }

  /** Driver, serial number, firmware. EOPNOTSUPP if the driver has none. */
  async getInfo(handle: DevlinkHandle): Promise<DevlinkInfo> {
    const request = encodeGetDevlinkInfo(this.#familyId, handle);
    return decodeDevlinkInfo(await this.#askOne(request, `read info of ${describe(handle)}`));
  }

  /** EOPNOTSUPP if the driver has no eswitch. */
  async getEswitch(handle: DevlinkHandle): Promise<Eswitch> {
    const request = encodeGetEswitch(this.#familyId, handle);
    return decodeEswitch(await this.#askOne(request, `read the eswitch of ${describe(handle)}`));
  }

  /** Idempotent on most drivers; bnxt_en refuses the mode that is there with EINVAL, ice any mode while there are VFs. */
  async setEswitch(handle: DevlinkHandle, change: EswitchChange): Promise<void> {
    const request = encodeSetEswitch(this.#familyId, handle, change);
    await this.#ask(request, `set the eswitch ${change.kind} of ${describe(handle)}`);
  }

  /** Ports of one device, or of all with null. */
  async listPorts(handle: DevlinkHandle | null = null): Promise<readonly DevlinkPort[]> {
    const replies = await this.#ask(encodeListDevlinkPorts(this.#familyId, handle), 'list devlink ports');
    // Kernels before 6.6 do not filter a dump.
    return replies.map(decodeDevlinkPort).filter((port) => handle === null || isOf(port, handle));
  }

  async getPort(handle: DevlinkPortHandle): Promise<DevlinkPort> {
    const request = encodeGetDevlinkPort(this.#familyId, handle);
    return decodeDevlinkPort(
      await this.#askOne(request, `read port ${handle.portIndex} of ${describe(handle)}`),
    );
  }

  /** Rates of one device, or of all with null. In bytes a second. */
  async listRates(handle: DevlinkHandle | null = null): Promise<readonly DevlinkRate[]> {
    const replies = await this.#ask(encodeListDevlinkRates(this.#familyId, handle), 'list devlink rates');
    const rates = replies.map(decodeDevlinkRate).filter((rate) => rate !== null);
    return rates.filter((rate) => handle === null || isOf(rate, handle));
  }

  /** The rate of the function behind a port; ENODEV if it has none. In bytes a second. */
  async getRate(handle: DevlinkPortHandle): Promise<DevlinkRate> {
    const what = `read the rate of port ${handle.portIndex} of ${describe(handle)}`;
    const rate = decodeDevlinkRate(await this.#askOne(encodeGetDevlinkRate(this.#familyId, handle), what));
    if (rate === null) throw new NetlinkDecodeError('a devlink rate', 'neither port nor node', 0);
    return rate;
  }

  /** Bytes a second; 0 takes the limit back. Drivers round, or refuse with EINVAL. Idempotent. */
  async setRate(handle: DevlinkPortHandle, change: RateChange): Promise<void> {
    const request = encodeSetDevlinkRate(this.#familyId, handle, change);
    await this.#ask(request, `set ${change.kind} of port ${handle.portIndex} of ${describe(handle)}`);
  }

  /** Idempotent. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #ask(request: NetlinkRequest, what: string): Promise<readonly NetlinkMessage[]> {
    return this.#socket.request(request, { what, limitMs: this.#limitMs });
  }

  async #askOne(request: NetlinkRequest, what: string): Promise<NetlinkMessage> {
    const [reply] = await this.#ask(request, what);
    if (reply === undefined) throw new NetlinkDecodeError('a devlink reply', 'an empty answer', 0);
    return reply;
  }
}

/** Null: the kernel lacks the family. The question makes it load a module, where there is one. */
async function findFamily(
  socket: NetlinkSocket,
  name: string,
  limitMs: number,
): Promise<GenericFamily | null> {
  try {
    const [reply] = await socket.request(encodeGetFamily(name), { what: `find family ${name}`, limitMs });
    return reply === undefined ? null : decodeFamily(reply);
  } catch (error) {
    if (error instanceof NetlinkError && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isOf(object: DevlinkHandle, { busName, devName }: DevlinkHandle): boolean {
  return object.busName === busName && object.devName === devName;
}

function describe({ busName, devName }: DevlinkHandle): string {
  return `${busName}/${devName}`;
}
