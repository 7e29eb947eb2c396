import {
  decodeEvent,
  deregisterDomainEvent,
  deregisterNodeDeviceEvent,
  type EventKind,
  eventKinds,
  eventSources,
  type Packet,
  Program,
  registerDomainEvent,
  registerNodeDeviceEvent,
  XdrReader,
} from '../codec/index.ts';
import {
  type CallOptions,
  type Connection,
  LibvirtError,
  LibvirtOutcomeUnknown,
  LibvirtUnavailable,
} from '../connection/index.ts';
import type { EventWatch, LibvirtEvent, WatchOptions } from './libvirt.ts';
import { tellGuarded } from './tell-guarded.ts';

interface Watcher {
  readonly kinds: readonly EventKind[];
  readonly tell: (event: LibvirtEvent) => void;
}

/**
 * The events of one connection, for any number of watchers. Each kind is registered once with the daemon while somebody
 * wants it, and again on every new connection.
 */
export class RpcEvents {
  readonly #connection: Connection;
  readonly #watchers = new Set<Watcher>();
  /** By kind; null: the driver does not tell it. */
  readonly #registered = new Map<EventKind, number | null>();
  /** Grows with each loss: what was registered before it is gone. */
  #losses = 0;
  /** Registrations stand in line, so that two watchers do not register one kind twice. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.listen({
      onMessage: (packet) => this.#take(packet),
      onConnected: () => void this.#registerAgain(),
      onLost: (cause) => {
        this.#losses += 1;
        this.#registered.clear();
        this.#tellAll({ kind: 'events-lost', cause, final: !connection.reconnects });
      },
    });
  }

  async watch(
    handler: (event: LibvirtEvent) => void,
    { kinds = eventKinds, ...options }: WatchOptions = {},
  ): Promise<EventWatch> {
    const watcher: Watcher = { kinds, tell: handler };
    this.#watchers.add(watcher);
    try {
      await this.#inLine(() => this.#register(kinds, options));
    } catch (error) {
      // With a connection that comes back, so will the registration, and look-again will be told.
      if (!(isLoss(error) && this.#connection.reconnects)) {
        await this.#close(watcher);
        throw error;
      }
    }
    const close = (): Promise<void> => this.#close(watcher);
    const missing = kinds.filter((kind) => this.#registered.get(kind) === null);
    return { missing, close, [Symbol.asyncDispose]: close };
  }

  async #close(watcher: Watcher): Promise<void> {
    if (this.#watchers.delete(watcher)) await this.#inLine(() => this.#deregister());
  }

  #take(packet: Packet): void {
    if (packet.program !== Program.remote) return;
    const event = decodeEvent(packet.procedure, new XdrReader(packet.payload));
    if (event === null) return;
    for (const { kinds, tell } of this.#watchers) if (kinds.includes(event.kind)) tellGuarded(tell, event);
  }

  #tellAll(event: LibvirtEvent): void {
    for (const { tell } of this.#watchers) tellGuarded(tell, event);
  }

  async #registerAgain(): Promise<void> {
    const wanted = [...this.#watchers].flatMap(({ kinds }) => kinds);
    try {
      await this.#inLine(() => this.#register(wanted, {}));
      this.#tellAll({ kind: 'look-again' });
    } catch (cause) {
      // Where the connection was lost again, the next one registers.
      if (cause instanceof LibvirtError) this.#tellAll({ kind: 'events-lost', cause, final: false });
    }
  }

  async #register(kinds: readonly EventKind[], options: CallOptions): Promise<void> {
    for (const kind of kinds) {
      if (this.#registered.has(kind)) continue;
      const { of, eventId } = eventSources[kind];
      const procedure = of === 'domain' ? registerDomainEvent : registerNodeDeviceEvent;
      const losses = this.#losses;
      try {
        const callbackId = await this.#connection.call(procedure, { eventId }, options);
        if (losses === this.#losses) this.#registered.set(kind, callbackId);
      } catch (error) {
        if (!(error instanceof LibvirtError && error.code === 'VIR_ERR_NO_SUPPORT')) throw error;
        this.#registered.set(kind, null);
      }
    }
  }

  /** Ends the kinds that nobody wants any more. */
  async #deregister(): Promise<void> {
    const wanted = new Set([...this.#watchers].flatMap(({ kinds }) => kinds));
    for (const [kind, callbackId] of this.#registered) {
      if (callbackId === null || wanted.has(kind)) continue;
      this.#registered.delete(kind);
      const { of } = eventSources[kind];
      const procedure = of === 'domain' ? deregisterDomainEvent : deregisterNodeDeviceEvent;
      try {
        await this.#connection.call(procedure, { callbackId });
      } catch (error) {
        // With the connection ends what was registered on it.
        if (!isLoss(error)) throw error;
      }
    }
  }

  #inLine<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => null);
    return done;
  }
}

/** Whether the connection is gone, and with it whatever was registered on it. */
function isLoss(error: unknown): boolean {
  if (error instanceof LibvirtOutcomeUnknown) return error.reason === 'connection-lost';
  return error instanceof LibvirtUnavailable;
}
