import { type Packet, PacketStatus, PacketType, Program, PROGRAM_VERSION } from '../codec/index.ts';

/** When a daemon that says nothing is given up: after `count` pings in a row without anything heard. */
export interface KeepAliveOptions {
  readonly intervalMs: number;
  readonly count: number;
}

/** enum keepalive_procedure, src/rpc/virkeepaliveprotocol.x. */
const PING = 1;
const PONG = 2;

const packet = (procedure: number): Packet => ({
  program: Program.keepAlive,
  version: PROGRAM_VERSION,
  procedure,
  type: PacketType.message,
  serial: 0,
  status: PacketStatus.ok,
  payload: new Uint8Array(),
});

/** What to say to a message of the keep-alive program; null: nothing. */
export function answerKeepAlive({ procedure }: Packet): Packet | null {
  return procedure === PING ? packet(PONG) : null;
}

/** Pings while nothing is heard. */
export class KeepAlive {
  readonly #timer: NodeJS.Timeout;
  #unanswered = 0;

  constructor(
    { intervalMs, count }: KeepAliveOptions,
    send: (ping: Packet) => void,
    onSilence: (pings: number) => void,
  ) {
    this.#timer = setInterval(() => {
      if (this.#unanswered >= count) {
        this.stop();
        onSilence(count);
        return;
      }
      this.#unanswered += 1;
      send(packet(PING));
    }, intervalMs);
    this.#timer.unref();
  }

  /** Something came: the daemon is alive. */
  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
