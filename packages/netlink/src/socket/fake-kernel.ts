import { encodeMessage, type NetlinkMessage, splitMessages } from '../codec/index.ts';
import { Errno } from './socket-options.ts';
import type { System, SystemCall, Watch } from './system.ts';

/** How the fake answers a request: with datagrams, each of which is queued as it is. */
type Answer = (request: NetlinkMessage, portId: number) => readonly Uint8Array[];

interface Descriptor {
  readonly queue: (Uint8Array | { readonly errno: number } | { readonly stranger: true })[];
  readonly groups: number[];
  onReadable: (() => void) | null;
  open: boolean;
}

/**
 * A kernel in memory, with sockets, queues and a clock of its own. It answers requests as told; everything else it does
 * as the real one: waiting takes time, an overrun is told once, descriptors are numbered and can be closed.
 */
export class FakeKernel implements System {
  answer: Answer = () => [];
  /** Fills in the answer of an interface's driver, or gives a negative errno. */
  ethtool: (netdev: string, message: Buffer) => number = () => -95;
  /** Errno of the next call of a kind, once. */
  readonly failing = new Map<SystemCall['kind'] | 'open' | 'bind' | 'setOption', number>();
  /** While this is set, calls on a thread are made, but do not come back. */
  stuck: Promise<void> | null = null;
  readonly calls: string[] = [];
  readonly watches = { active: 0, ref: 0 };
  #now = 0;
  readonly #descriptors: Descriptor[] = [];

  get openDescriptors(): number {
    return this.#descriptors.filter(({ open }) => open).length;
  }

  /** Groups joined on a descriptor. */
  groupsOf(fd: number): readonly number[] {
    return this.#descriptor(fd).groups;
  }

  /** Multicasts to a descriptor, or breaks it, and wakes who watches. */
  tell(fd: number, ...told: Descriptor['queue']): void {
    const descriptor = this.#descriptor(fd);
    descriptor.queue.push(...told);
    // Level-triggered, as uv_poll is.
    for (let turns = 0; turns < 100 && descriptor.queue.length > 0; turns++) descriptor.onReadable?.();
  }

  now(): number {
    return this.#now;
  }

  open(): number {
    const failure = this.#failure('open');
    if (failure !== null) return failure;
    this.#descriptors.push({ queue: [], groups: [], onReadable: null, open: true });
    return this.#descriptors.length + 2;
  }

  bind(fd: number): number {
    return this.#failure('bind') ?? fd * 1000;
  }

  setOption(fd: number, level: number, option: number, value: number): number {
    if (level === 270 && option === 1) {
      const failure = this.#failure('setOption');
      if (failure !== null) return failure;
      this.#descriptor(fd).groups.push(value);
    }
    return 0;
  }

  close(fd: number): void {
    this.#descriptor(fd).open = false;
  }

  call(fd: number, call: SystemCall): number {
    this.calls.push(call.kind);
    const failure = this.#failure(call.kind);
    if (failure !== null) return failure;
    const { queue } = this.#descriptor(fd);
    if (call.kind === 'send') {
      for (const request of splitMessages(call.message)) queue.push(...this.answer(request, fd * 1000));
      return call.message.length;
    }
    if (call.kind === 'ethtool') return this.ethtool(call.netdev, call.message);
    if (call.kind === 'wait') {
      if (queue.length > 0) return 1;
      this.#now += call.limitMs;
      return 0;
    }
    const [first] = queue;
    if (first === undefined) return -Errno.eagain;
    if (call.kind === 'receive' || 'errno' in first) queue.shift();
    if ('errno' in first) return -first.errno;
    if ('stranger' in first) return call.kind === 'peek' ? 1 : 0;
    if (call.kind === 'receive') call.into.set(first.subarray(0, call.into.length));
    return first.length;
  }

  async callOnThread(fd: number, call: SystemCall): Promise<number> {
    const result = this.call(fd, call);
    if (this.stuck !== null) await this.stuck;
    return result;
  }

  watch(fd: number, onReadable: () => void): Watch {
    const descriptor = this.#descriptor(fd);
    descriptor.onReadable = onReadable;
    this.watches.active++;
    return {
      ref: () => void this.watches.ref++,
      unref: () => void this.watches.ref--,
      stop: () => {
        descriptor.onReadable = null;
        this.watches.active--;
      },
    };
  }

  #failure(kind: Parameters<FakeKernel['failing']['get']>[0]): number | null {
    const errno = this.failing.get(kind);
    this.failing.delete(kind);
    return errno === undefined ? null : -errno;
  }

  #descriptor(fd: number): Descriptor {
    const descriptor = this.#descriptors[fd - 3];
    if (descriptor?.open !== true) throw new Error(`descriptor ${fd} is not open`);
    return descriptor;
  }
}

/** NLMSG_ERROR of a request: success with errno 0. */
export function acknowledge(request: NetlinkMessage, portId: number, errno = 0): Uint8Array {
  return reply(request, portId, { type: 2, flags: 0x100, payload: int32(-errno, 5) });
}

/** NLMSG_DONE of a dump. */
export function done(request: NetlinkMessage, portId: number, { flags = 2, errno = 0 } = {}): Uint8Array {
  return reply(request, portId, { type: 3, flags, payload: int32(-errno, 1) });
}

export function reply(
  { sequence }: Pick<NetlinkMessage, 'sequence'>,
  portId: number,
  { type = 16, flags = 0, payload = new Uint8Array() }: Partial<NetlinkMessage> = {},
): Uint8Array {
  return encodeMessage({ type, flags, payload }, sequence, portId);
}

/** An i32, and zeros up to `words` of them. */
function int32(value: number, words: number): Uint8Array {
  const values = new Int32Array(words);
  values[0] = value;
  return new Uint8Array(values.buffer);
}
