import type { NetlinkMessage, NetlinkRequest } from '../codec/index.ts';
import {
  DUMP_BUFFER_BYTES,
  type ExchangeOptions,
  exchange,
  exchangeAll,
  type NamedRequest,
} from './exchange.ts';
import { libcSystem } from './libc.ts';
import { NetlinkError, NetlinkTimeout } from './netlink-error.ts';
import { Errno, NetlinkOption, SOL_NETLINK } from './socket-options.ts';
import type { System, SystemCall } from './system.ts';

export interface NetlinkSocketOptions {
  /** Protocol.route, Protocol.generic. */
  readonly protocol: number;
  /**
   * Whether `request` works on this thread: several times faster for small requests, but nothing else goes on while the
   * kernel works. For worker threads, and for programs that have nothing else to do.
   */
  readonly blocking?: boolean;
  /** Another operating system than the real one, for tests. */
  readonly system?: System;
}

export interface RequestOptions {
  /** Completes "Cannot …" in errors: "set the MTU of link 3". */
  readonly what: string;
  /** How long to wait for the kernel, in milliseconds; 5000 unless told. */
  readonly limitMs?: number;
}

const DEFAULT_LIMIT_MS = 5000;

type Limits = Pick<ExchangeOptions, 'what' | 'limitMs' | 'deadline'>;
/** Calls to make, each answered with its result. */
type Steps<Result> = Generator<SystemCall, Result, number>;

/**
 * A socket for requests. Requests by `request` take turns; the kernel works on each while the event loop goes on.
 *
 * After a time-out the descriptor is given up, since the kernel may still answer, or be in the midst of a dump, which
 * would make it refuse the next; the next request gets another. It has to wait until the kernel has let go of the
 * thread, so however many requests time out, one socket holds one thread of the pool.
 */
export class NetlinkSocket {
  readonly #system: System;
  readonly #protocol: number;
  readonly #blocking: boolean;
  #dumpBuffer = Buffer.allocUnsafeSlow(DUMP_BUFFER_BYTES);
  #open: { readonly fd: number; readonly portId: number } | null;
  #sequence = 0;
  #closed = false;
  /** Resolves when nobody uses the descriptor. */
  #free: Promise<void> = Promise.resolve();
  #inUse = false;

  /**
   * @throws {NetlinkUnavailable} there is no netlink on this machine
   * @throws {NetlinkError} the kernel refuses a socket: EPROTONOSUPPORT, EMFILE …
   */
  constructor({ protocol, blocking = false, system = libcSystem() }: NetlinkSocketOptions) {
    this.#system = system;
    this.#protocol = protocol;
    this.#blocking = blocking;
    this.#open = this.#openDescriptor();
  }

  /**
   * Sends a request and gives the replies, without acknowledgement. A dump that the kernel calls inconsistent is
   * repeated.
   *
   * @throws {NetlinkError} the kernel refused, with its errno
   * @throws {NetlinkTimeout} the kernel may still do what was asked
   * @throws {NetlinkDecodeError} the reply makes no sense
   */
  request(request: NetlinkRequest, options: RequestOptions): Promise<readonly NetlinkMessage[]> {
    if (this.#blocking) return asPromise(() => this.requestSync(request, options));
    return this.#onThread(options, (portId, limits) =>
      exchange(this.#exchangeOptions(request, portId, limits)),
    );
  }

  /**
   * Sends several requests that change something in one datagram. The kernel works on each in its turn, also behind one that it
   * refuses.
   *
   * @returns for each request its refusal, or null
   * @throws {NetlinkError} nothing was sent
   * @throws {NetlinkTimeout} the kernel may still do what was asked
   */
  async requestAll(
    requests: readonly NamedRequest[],
    options: RequestOptions,
  ): Promise<readonly (NetlinkError | null)[]> {
    if (requests.length === 0) return [];
    const steps = (portId: number, limits: Limits): Steps<readonly (NetlinkError | null)[]> =>
      exchangeAll(requests, { portId, ...limits, ...this.#counting() });
    return this.#blocking
      ? asPromise(() => this.#onThisThread(options, steps))
      : this.#onThread(options, steps);
  }

  /**
   * Asks the driver of an interface by SIOCETHTOOL. `message` holds the question and takes the answer.
   *
   * @throws {NetlinkError} ENODEV, EOPNOTSUPP …; {NetlinkTimeout}
   */
  async ethtool(netdev: string, message: Buffer, options: RequestOptions): Promise<void> {
    const steps = (): Steps<void> => askDriver(netdev, message, options.what);
    await (this.#blocking
      ? asPromise(() => this.#onThisThread(options, steps))
      : this.#onThread(options, steps));
  }

  async #onThread<Result>(
    { what, limitMs = DEFAULT_LIMIT_MS }: RequestOptions,
    start: (portId: number, limits: Limits) => Steps<Result>,
  ): Promise<Result> {
    const deadline = this.#system.now() + limitMs;
    const before = this.#free;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    this.#free = promise;
    if ((await within(before, limitMs)) === timeIsUp) {
      void before.then(release);
      throw new NetlinkTimeout(what, limitMs);
    }
    let held = false;
    this.#inUse = true;
    try {
      const { fd, portId } = this.#descriptor(what);
      const steps = start(portId, { what, limitMs, deadline });
      for (let step = steps.next(); ; ) {
        if (step.done === true) return step.value;
        if (!takesTime(step.value)) {
          step = steps.next(this.#system.call(fd, step.value));
          continue;
        }
        const running = this.#system.callOnThread(fd, step.value);
        const result = await within(running, deadline - this.#system.now());
        if (result === timeIsUp) {
          held = true;
          this.#open = null;
          // The thread may still write to the old one.
          this.#dumpBuffer = Buffer.allocUnsafeSlow(DUMP_BUFFER_BYTES);
          const letGo = (): void => {
            this.#system.close(fd);
            release();
          };
          running.then(letGo, letGo);
          throw new NetlinkTimeout(what, limitMs);
        }
        step = steps.next(result);
      }
    } catch (error) {
      if (!held) this.#giveUpUnlessRefused(error);
      throw error;
    } finally {
      this.#inUse = false;
      if (!held) {
        if (this.#closed) this.#closeDescriptor();
        release();
      }
    }
  }

  /**
   * As `request`, on this thread: several times faster for a small request, but the event loop stands still. `limitMs`
   * bounds the wait for a reply; sending takes as long as the kernel works on the request, however long that is.
   *
   * @throws as `request`, and when a `request` is under way
   */
  requestSync(request: NetlinkRequest, options: RequestOptions): readonly NetlinkMessage[] {
    return this.#onThisThread(options, (portId, limits) =>
      exchange(this.#exchangeOptions(request, portId, limits)),
    );
  }

  #onThisThread<Result>(
    { what, limitMs = DEFAULT_LIMIT_MS }: RequestOptions,
    start: (portId: number, limits: Limits) => Steps<Result>,
  ): Result {
    if (this.#inUse) throw new Error(`Cannot ${what}: a request is under way on this socket`);
    const { fd, portId } = this.#descriptor(what);
    const deadline = this.#system.now() + limitMs;
    const steps = start(portId, { what, limitMs, deadline });
    try {
      for (let step = steps.next(); ; step = steps.next(this.#system.call(fd, step.value))) {
        if (step.done === true) return step.value;
      }
    } catch (error) {
      this.#giveUpUnlessRefused(error);
      throw error;
    }
  }

  /** Closes the descriptor, after the request that is under way. Further requests throw. Idempotent. */
  close(): void {
    this.#closed = true;
    if (!this.#inUse) this.#closeDescriptor();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #exchangeOptions(request: NetlinkRequest, portId: number, limits: Limits): ExchangeOptions {
    return { request, portId, ...limits, ...this.#counting(), dumpBuffer: this.#dumpBuffer };
  }

  #counting(): Pick<ExchangeOptions, 'nextSequence' | 'now'> {
    return {
      now: () => this.#system.now(),
      nextSequence: () => {
        // 0 is what multicasts carry.
        this.#sequence = (this.#sequence % 0xffff_ffff) + 1;
        return this.#sequence;
      },
    };
  }

  /** A refusal closes the exchange. After anything else, replies may still come, so the descriptor is of no more use. */
  #giveUpUnlessRefused(error: unknown): void {
    const refused = error instanceof NetlinkError && error.errno !== Errno.enobufs;
    if (!refused) this.#closeDescriptor();
  }

  #closeDescriptor(): void {
    if (this.#open !== null) this.#system.close(this.#open.fd);
    this.#open = null;
  }

  #descriptor(what: string): { readonly fd: number; readonly portId: number } {
    if (this.#closed) throw new Error(`Cannot ${what}: the socket is closed`);
    this.#open ??= this.#openDescriptor();
    return this.#open;
  }

  #openDescriptor(): { readonly fd: number; readonly portId: number } {
    const fd = this.#system.open(this.#protocol);
    if (fd < 0) throw new NetlinkError('open a netlink socket', -fd);
    const portId = this.#system.bind(fd);
    if (portId < 0) {
      this.#system.close(fd);
      throw new NetlinkError('bind a netlink socket', -portId);
    }
    // Each is a comfort that old kernels lack (before 4.12, 4.12 and 4.20); all works without.
    for (const option of [NetlinkOption.extAck, NetlinkOption.capAck, NetlinkOption.getStrictCheck]) {
      this.#system.setOption(fd, SOL_NETLINK, option, 1);
    }
    return { fd, portId };
  }
}

function* askDriver(netdev: string, message: Buffer, what: string): Steps<void> {
  const asked = yield { kind: 'ethtool', netdev, message };
  if (asked < 0) throw new NetlinkError(what, -asked);
}

/** What is thrown at once rejects, as it does where it is thrown later. */
async function asPromise<Result>(call: () => Result): Promise<Result> {
  return call();
}

/** The kernel takes its locks while it works on a request and while it makes parts of a dump. */
function takesTime(call: SystemCall): boolean {
  return call.kind === 'receive' ? call.makesNext : call.kind !== 'peek';
}

const timeIsUp = Symbol('time is up');

/** The result of `promise`, or `timeIsUp` after `limitMs`. */
async function within<Result>(promise: Promise<Result>, limitMs: number): Promise<Result | typeof timeIsUp> {
  const { promise: late, resolve } = Promise.withResolvers<typeof timeIsUp>();
  const timer = setTimeout(() => {
    resolve(timeIsUp);
  }, limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
