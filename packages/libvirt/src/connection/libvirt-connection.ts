import { connect, type Socket } from 'node:net';
import {
  encodePacket,
  LibvirtDecodeError,
  type Packet,
  PacketSplitter,
  PacketStatus,
  PacketType,
  type Procedure,
  Program,
  PROGRAM_VERSION,
  readErrorBody,
  XdrReader,
  XdrWriter,
} from '../codec/index.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import type { CallOptions, Connection, ConnectionListener } from './connection.ts';
import { answerKeepAlive, KeepAlive, type KeepAliveOptions } from './keep-alive.ts';
import { LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable } from './libvirt-error.ts';
import { findSocket } from './find-socket.ts';
import { introduce } from './introduce.ts';

/** Whom to talk to, and how patiently. */
export interface OpenOptions {
  /** "qemu:///system", "qemu:///session", "nodedev:///system", "test:///default". */
  readonly uri: string;
  /** Else where the daemon for the URI listens. */
  readonly socketPath?: string;
  /** Through the daemon's socket for readers; it refuses whatever changes something. False unless told. */
  readonly readOnly?: boolean;
  /** For opening, and for each call that names no other limit: 30000 unless told. */
  readonly timeoutMs?: number;
  /** Gives the opening up. */
  readonly signal?: AbortSignal;
  /** Null: no pings of ours. A UNIX socket tells of a daemon that dies; pings find one that hangs. Null unless told. */
  readonly keepAlive?: KeepAliveOptions | null;
}

const TIMEOUT_MS = 30_000;
/** 24 days. What is longer would make a timer of Node fire at once. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/**
 * One connection to a daemon of libvirt. Any number of calls may be in flight, but the daemon works on five of one
 * connection at a time and leaves the rest unread (max_client_requests, libvirtd.conf): give a migration its own.
 */
export class LibvirtConnection implements Connection {
  readonly reconnects = false;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #splitter = new PacketSplitter();
  readonly #calls = new CallsInFlight();
  readonly #listeners = new Set<ConnectionListener>();
  readonly #gone: Promise<void>;
  #keepAlive: KeepAlive | null = null;
  #lost: Error | null = null;

  /**
   * Connects, proves who we are and chooses the driver.
   *
   * @throws {LibvirtUnavailable} no daemon, or it does not want us
   * @throws {LibvirtError} the daemon refuses the URI
   * @throws {RangeError} no daemon of this machine serves such a URI
   */
  static async open(options: OpenOptions): Promise<LibvirtConnection> {
    const { uri, readOnly = false, timeoutMs = TIMEOUT_MS, signal, keepAlive = null } = options;
    signal?.throwIfAborted();
    const socketPath = options.socketPath ?? findSocket(uri, readOnly);
    const limit = new AbortController();
    const late = new LibvirtUnavailable('timeout', `${socketPath} did not open within ${timeoutMs} ms`);
    const timer = setTimeout(() => limit.abort(late), timeoutMs);
    const either = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
    try {
      const connection = new LibvirtConnection(await connectSocket(socketPath, either), timeoutMs);
      try {
        await introduce(connection, { uri, readOnly, pings: keepAlive !== null, signal: either });
        if (keepAlive !== null) connection.#ping(keepAlive);
        return connection;
      } catch (error) {
        await connection.close();
        throw error;
      }
    } catch (error) {
      // Whatever it has stopped is of no interest: nothing was asked for yet.
      either.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#gone = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    socket.on('data', (piece) => this.#receive(piece));
    socket.on('error', (error) =>
      this.#lose(new LibvirtUnavailable('closed', 'the connection broke', error)),
    );
    socket.on('close', () =>
      this.#lose(new LibvirtUnavailable('closed', 'the daemon closed the connection')),
    );
  }

  async call<Given, Result>(
    procedure: Procedure<Given, Result>,
    given: Given,
    { timeoutMs = this.#timeoutMs, signal }: CallOptions = {},
  ): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#lost !== null) throw new LibvirtUnavailable('closed', 'the connection is closed', this.#lost);
    const { program, number, name } = procedure;
    const writer = new XdrWriter();
    procedure.encode(writer, given);
    const { promise, resolve, reject } = Promise.withResolvers<Packet>();
    const serial = this.#calls.begin({
      program,
      procedure: number,
      answer: resolve,
      fail: (cause) => reject(new LibvirtOutcomeUnknown(name, 'connection-lost', cause)),
    });
    const giveUp = (reason: 'timeout' | 'aborted', cause?: unknown): void => {
      if (this.#calls.abandon(serial)) reject(new LibvirtOutcomeUnknown(name, reason, cause));
    };
    const abort = (): void => giveUp('aborted', signal?.reason);
    const limited = timeoutMs !== null && timeoutMs <= LONGEST_TIMER_MS;
    const timer = limited ? setTimeout(() => giveUp('timeout'), timeoutMs) : null;
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const [type, status] = [PacketType.call, PacketStatus.ok];
      const payload = writer.finish();
      this.#send({ program, version: PROGRAM_VERSION, procedure: number, type, serial, status, payload });
      return this.#read(procedure, await promise);
    } finally {
      if (timer !== null) clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  listen(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    const cause = this.#lost;
    if (cause !== null) queueMicrotask(() => listener.onLost?.(cause));
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#lose(new LibvirtUnavailable('closed', 'the connection was closed here'));
    await this.#gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #send(packet: Packet): void {
    this.#socket.write(encodePacket(packet));
  }

  #ping(options: KeepAliveOptions): void {
    this.#keepAlive = new KeepAlive(
      options,
      (ping) => this.#send(ping),
      (pings) => this.#lose(new LibvirtUnavailable('silent', `the daemon answered none of ${pings} pings`)),
    );
  }

  #read<Given, Result>({ name, decode }: Procedure<Given, Result>, reply: Packet): Result {
    const reader = new XdrReader(reply.payload);
    try {
      if (reply.status === PacketStatus.ok) {
        const result = decode(reader);
        reader.end();
        return result;
      }
      const body = readErrorBody(reader);
      reader.end();
      throw new LibvirtError(`call ${name}`, body);
    } catch (error) {
      if (error instanceof LibvirtDecodeError) this.#lose(error);
      throw error;
    }
  }

  #receive(piece: Buffer): void {
    this.#keepAlive?.heard();
    try {
      for (const packet of this.#splitter.push(piece)) this.#take(packet);
    } catch (error) {
      if (!(error instanceof LibvirtDecodeError)) throw error;
      this.#lose(error);
    }
  }

  #take(packet: Packet): void {
    // What comes after the end was decided is nobody's.
    if (this.#lost !== null) return;
    if (packet.program === Program.keepAlive) {
      const answer = answerKeepAlive(packet);
      if (answer !== null) this.#send(answer);
    } else if (packet.type === PacketType.reply) {
      this.#calls.take(packet)?.answer(packet);
    } else if (packet.type === PacketType.message) {
      for (const { onMessage } of this.#listeners) onMessage?.(packet);
    } else {
      throw new LibvirtDecodeError('a packet', `type ${packet.type}, which was not asked for`, 0);
    }
  }

  /** Idempotent: the first cause counts. */
  #lose(cause: Error): void {
    if (this.#lost !== null) return;
    this.#lost = cause;
    this.#keepAlive?.stop();
    this.#socket.destroy();
    this.#calls.failAll(cause);
    for (const { onLost } of this.#listeners) onLost?.(cause);
  }
}

function connectSocket(socketPath: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path: socketPath });
  const abort = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  const refuse = (error: NodeJS.ErrnoException): void => {
    const reason = error.code === 'ENOENT' ? 'no-socket' : 'refused';
    reject(new LibvirtUnavailable(reason, `${socketPath} does not answer (${error.code})`, error));
  };
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', refuse);
  socket.once('connect', () => {
    signal.removeEventListener('abort', abort);
    socket.off('error', refuse);
    resolve(socket);
  });
  return promise;
}
