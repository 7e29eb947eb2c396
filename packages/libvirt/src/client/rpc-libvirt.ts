import {
  agentCommand,
  type Domain,
  getCapabilities,
  getHostname,
  getLibVersion,
  getVersion,
  monitorCommand,
  type Version,
} from '../codec/index.ts';
import {
  type CallOptions,
  type Connection,
  LibvirtConnection,
  type OpenOptions,
  ReconnectingConnection,
  type ReconnectOptions,
} from '../connection/index.ts';
import type { EventWatch, Libvirt, LibvirtEvent, WatchOptions } from './libvirt.ts';
import { RpcDevices, RpcNodeDevices } from './rpc-devices.ts';
import { RpcDomains } from './rpc-domains.ts';
import { RpcEvents } from './rpc-events.ts';
import { RpcMigrations } from './rpc-migrations.ts';

/**
 * libvirt by its own protocol. Errors of all methods: see Connection.call.
 *
 * A connection for "qemu:///system" serves node devices too, also where each driver has a daemon of its own: libvirt's
 * daemons ask each other.
 */
export class RpcLibvirt implements Libvirt {
  readonly domains: RpcDomains;
  readonly devices: RpcDevices;
  readonly nodeDevices: RpcNodeDevices;
  readonly migrations: RpcMigrations;
  /** For calls that no method here makes. */
  readonly connection: Connection;
  readonly #events: RpcEvents;

  /** One connection; when it is lost, that is the end. @throws what LibvirtConnection.open throws */
  static async open(options: OpenOptions): Promise<RpcLibvirt> {
    return new RpcLibvirt(await LibvirtConnection.open(options));
  }

  /** A connection that comes back. Returns before it is there. */
  static reconnecting(options: ReconnectOptions): RpcLibvirt {
    return new RpcLibvirt(new ReconnectingConnection(options));
  }

  constructor(connection: Connection) {
    this.connection = connection;
    this.domains = new RpcDomains(connection);
    this.devices = new RpcDevices(connection);
    this.nodeDevices = new RpcNodeDevices(connection);
    this.migrations = new RpcMigrations(connection);
    this.#events = new RpcEvents(connection);
  }

  readHostname(options?: CallOptions): Promise<string> {
    return this.connection.call(getHostname, null, options);
  }

  readCapabilities(options?: CallOptions): Promise<string> {
    return this.connection.call(getCapabilities, null, options);
  }

  /** The hypervisor's, QEMU's. */
  readHypervisorVersion(options?: CallOptions): Promise<Version> {
    return this.connection.call(getVersion, null, options);
  }

  /** libvirt's own, on the other side. */
  readLibvirtVersion(options?: CallOptions): Promise<Version> {
    return this.connection.call(getLibVersion, null, options);
  }

  watch(handler: (event: LibvirtEvent) => void, options?: WatchOptions): Promise<EventWatch> {
    return this.#events.watch(handler, options);
  }

  /** Asks the agent in the guest, in JSON. The daemon itself waits `limitSeconds` for it. */
  askGuestAgent(
    domain: Domain,
    command: string,
    { limitSeconds = 5, ...options }: CallOptions & { readonly limitSeconds?: number } = {},
  ): Promise<string | null> {
    return this.connection.call(agentCommand, { domain, command, limitSeconds }, options);
  }

  /** Asks QEMU by QMP. Questions only, "query-…": of a change libvirt would know nothing. */
  async queryMonitor(domain: Domain, query: string, options?: CallOptions): Promise<string> {
    if (!/^query-[a-z0-9-]+$/.test(query)) throw new RangeError(`Cannot ask QEMU "${query}": no question`);
    return this.connection.call(
      monitorCommand,
      { domain, command: JSON.stringify({ execute: query }) },
      options,
    );
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
