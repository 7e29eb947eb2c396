import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  authList,
  connectOpen,
  type Domain,
  encodePacket,
  type Packet,
  PacketSplitter,
  PacketStatus,
  PacketType,
  Program,
  PROGRAM_VERSION,
  supportsFeature,
  writeDomain,
  XdrWriter,
} from '../codec/index.ts';

/** What the daemon does with a call; null: nothing, ever. */
type Answer = (call: Packet, client: FakeClient) => void;

/** One client of the fake daemon, and what can be done to it. */
export class FakeClient {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  reply(call: Packet, write: (writer: XdrWriter) => void): void {
    const writer = new XdrWriter();
    write(writer);
    this.send({ ...call, type: PacketType.reply, status: PacketStatus.ok, payload: writer.finish() });
  }

  /** virNetMessageError with a code and a sentence. */
  refuse(call: Packet, code: number, message: string): void {
    const writer = new XdrWriter();
    writer.int(code).int(0).optionalString(message).int(2).bool(false);
    writer.bool(false).bool(false).bool(false).int(0).int(0).bool(false);
    this.send({ ...call, type: PacketType.reply, status: PacketStatus.error, payload: writer.finish() });
  }

  /** A message that nobody asked for. */
  tell(procedure: number, write: (writer: XdrWriter) => void, program: number = Program.remote): void {
    const writer = new XdrWriter();
    write(writer);
    const [version, type, status] = [PROGRAM_VERSION, PacketType.message, PacketStatus.ok];
    this.send({ program, version, procedure, type, serial: 0, status, payload: writer.finish() });
  }

  /** REMOTE_PROC_DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED, by its number. */
  tellDeviceRemoved(domain: Domain, alias: string): void {
    this.tell(333, (writer) => {
      writer.int(0);
      writeDomain(writer, domain);
      writer.string(alias);
    });
  }

  send(packet: Packet): void {
    this.socket.write(encodePacket(packet));
  }
}

/** A daemon on a real socket that says what a test wants it to say, at the worst of times. */
export class FakeDaemon implements AsyncDisposable {
  readonly socketPath: string;
  /** Calls in the order in which they have come, but for the first words. */
  readonly calls: Packet[] = [];
  readonly clients: FakeClient[] = [];
  readonly #server: Server;
  readonly #answers = new Map<number, Answer>();
  readonly #arrivals = new Set<() => void>();

  /** Lets everybody in, answers registrations of events, and nothing else. */
  static async start(): Promise<FakeDaemon> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-lv-'));
    const daemon = new FakeDaemon(path.join(folder, 'libvirt-sock'));
    await daemon.listen();
    return daemon;
  }

  private constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#server = createServer((socket) => this.#serve(socket));
    this.on(authList.number, (call, client) => client.reply(call, (writer) => writer.uint(1).int(0)));
    this.on(supportsFeature.number, (call, client) => client.reply(call, (writer) => writer.int(1)));
    this.on(connectOpen.number, (call, client) => client.reply(call, () => {}));
  }

  /** From now on a call of this procedure is answered so. */
  on(procedure: number, answer: Answer): void {
    this.#answers.set(procedure, answer);
  }

  /** Until so many calls of this procedure have come; gives the last of them. */
  async called(procedure: number, times = 1): Promise<Packet> {
    const { promise, resolve } = Promise.withResolvers<Packet>();
    const look = (): void => {
      const found = this.calls.filter((call) => call.procedure === procedure)[times - 1];
      if (found !== undefined) resolve(found);
    };
    this.#arrivals.add(look);
    look();
    const found = await promise;
    this.#arrivals.delete(look);
    return found;
  }

  /** The client that came last. */
  get client(): FakeClient {
    const client = this.clients.at(-1);
    if (client === undefined) throw new Error('Cannot find a client: none has come');
    return client;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.socketPath);
    await once(this.#server, 'listening');
  }

  /** Cuts everybody off; nobody gets in until listen(). */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.clients) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close();
    await rm(path.dirname(this.socketPath), { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    const client = new FakeClient(socket);
    this.clients.push(client);
    const splitter = new PacketSplitter();
    // A client that is gone is what many a test wants.
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece) => {
      for (const call of splitter.push(piece)) {
        this.calls.push(call);
        this.#answers.get(call.procedure)?.(call, client);
        for (const look of this.#arrivals) look();
      }
    });
  }
}
