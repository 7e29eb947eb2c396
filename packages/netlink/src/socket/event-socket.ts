import { NetlinkDecodeError } from '../codec/index.ts';
import { libcSystem } from './libc.ts';
import { NetlinkError } from './netlink-error.ts';
import {
  Errno,
  NetlinkOption,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOL_NETLINK,
  SOL_SOCKET,
} from './socket-options.ts';
import type { System, Watch } from './system.ts';

/**
 * Why events are missing: the kernel had no room for them, or sent one that could not be decoded. Either way, whoever
 * listens must look at the whole again.
 */
export type OverflowReason = 'no-buffer-space' | 'undecodable';

export interface EventSocketOptions {
  /** Protocol.route, Protocol.kobjectUevent. */
  readonly protocol: number;
  /** Numbers of multicast groups to join, from 1. */
  readonly groups: readonly number[];
  /** Called for each datagram of the kernel. May throw NetlinkDecodeError. */
  readonly onDatagram: (datagram: Uint8Array) => void;
  readonly onOverflow: (reason: OverflowReason) => void;
  /** The socket has broken, and is closed. */
  readonly onFailure: (error: NetlinkError) => void;
  readonly system?: System;
}

/** 4 MiB held a burst of 1000 interfaces made and their 14000 uevents. */
const BUFFER_BYTES = 4 << 20;
/** Datagrams taken in one turn of the event loop; the rest is told in the next. */
const PER_TURN = 256;

/** Listens to multicasts. Does not keep the process alive, except from `ref()` on. Works without privileges. */
export class EventSocket {
  readonly #system: System;
  readonly #options: EventSocketOptions;
  readonly #fd: number;
  #watch: Watch | null;

  /**
   * @throws {NetlinkUnavailable} there is no netlink on this machine
   * @throws {NetlinkError} the kernel refuses the socket or a group
   */
  constructor(options: EventSocketOptions) {
    this.#options = options;
    this.#system = options.system ?? libcSystem();
    this.#fd = this.#orThrow('open', this.#system.open(options.protocol));
    try {
      this.#orThrow('bind', this.#system.bind(this.#fd));
      const forced = this.#system.setOption(this.#fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES);
      // Without CAP_NET_ADMIN the kernel gives as much as net.core.rmem_max allows.
      if (forced < 0) this.#system.setOption(this.#fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
      for (const group of options.groups) {
        const joined = this.#system.setOption(this.#fd, SOL_NETLINK, NetlinkOption.addMembership, group);
        this.#orThrow(`join group ${group} with`, joined);
      }
      this.#watch = this.#system.watch(this.#fd, () => {
        this.#readAll();
      });
    } catch (error) {
      this.#system.close(this.#fd);
      throw error;
    }
  }

  /** From now on the process stays alive for this socket. */
  ref(): void {
    this.#watch?.ref();
  }

  unref(): void {
    this.#watch?.unref();
  }

  /** No callback comes afterwards. Idempotent. */
  close(): void {
    if (this.#watch === null) return;
    this.#watch.stop();
    this.#watch = null;
    this.#system.close(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A callback may close the socket. What is left after a turn, or after a callback threw, makes the watch fire again. */
  #readAll(): void {
    for (let count = 0; count < PER_TURN && this.#watch !== null; count++) {
      const length = this.#system.call(this.#fd, { kind: 'peek' });
      if (length < 0) {
        if (!this.#goesOnAfter(-length)) return;
        continue;
      }
      const datagram = Buffer.allocUnsafe(length);
      const received = this.#system.call(this.#fd, { kind: 'receive', into: datagram, makesNext: false });
      if (received < 0 && !this.#goesOnAfter(-received)) return;
      if (received > 0) this.#deliver(datagram.subarray(0, Math.min(received, length)));
    }
  }

  /** Whether there may be more to read after a call that failed. */
  #goesOnAfter(errno: number): boolean {
    if (errno === Errno.eagain) return false;
    if (errno === Errno.enobufs) {
      // Told once: the kernel forgets it when it has said it. What is in the buffer is older, and still of use.
      this.#options.onOverflow('no-buffer-space');
      return true;
    }
    if (errno === Errno.eintr) return true;
    this.close();
    this.#options.onFailure(new NetlinkError('receive events', errno));
    return false;
  }

  #deliver(datagram: Uint8Array): void {
    try {
      this.#options.onDatagram(datagram);
    } catch (error) {
      if (!(error instanceof NetlinkDecodeError)) throw error;
      this.#options.onOverflow('undecodable');
    }
  }

  #orThrow(doing: string, result: number): number {
    if (result < 0) throw new NetlinkError(`${doing} a netlink socket for events`, -result);
    return result;
  }
}
