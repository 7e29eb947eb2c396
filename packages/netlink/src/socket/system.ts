/** A call that a request makes on its socket. */
export type SystemCall =
  | { readonly kind: 'send'; readonly message: Buffer }
  /** Gives the length of the next datagram and leaves it there. Does not wait. */
  | { readonly kind: 'peek' }
  /**
   * Takes the next datagram; gives its length, also if that is more than fits `into`, or 0 when anybody but the kernel
   * sent it. Does not wait, but in a dump the kernel makes the next part meanwhile (`makesNext`), and that takes locks.
   */
  | { readonly kind: 'receive'; readonly into: Buffer; readonly makesNext: boolean }
  /** SIOCETHTOOL: asks the driver of an interface. `message` holds the question and takes the answer; gives 0. */
  | { readonly kind: 'ethtool'; readonly netdev: string; readonly message: Buffer }
  /** Waits until something can be received; gives 1, or 0 after `limitMs`. */
  | { readonly kind: 'wait'; readonly limitMs: number };

/** Tells whenever a socket can be read. Keeps the process alive from `ref()` to `unref()`, at first not. */
export interface Watch {
  ref(): void;
  unref(): void;
  /** Must be called before the descriptor is closed. */
  stop(): void;
}

/**
 * What this package needs of the operating system. All calls give a number as the kernel does: 0 or more when done, or
 * the negative errno.
 */
export interface System {
  /** Milliseconds on a clock that is never set. */
  now(): number;
  /** Opens a netlink socket; gives its descriptor. */
  open(protocol: number): number;
  /** Binds to a port the kernel picks; gives that port. */
  bind(fd: number): number;
  setOption(fd: number, level: number, option: number, value: number): number;
  close(fd: number): void;
  /** On this thread. A `send` still takes as long as the kernel works on the request. */
  call(fd: number, call: SystemCall): number;
  /** On a thread of the pool, so that the event loop goes on. */
  callOnThread(fd: number, call: SystemCall): Promise<number>;
  watch(fd: number, onReadable: () => void): Watch;
}
