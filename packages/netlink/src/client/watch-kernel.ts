import { decodeLinkEvent, decodeUevent, type LinkEvent, splitMessages, type Uevent } from '../codec/index.ts';
import {
  EventSocket,
  type EventSocketOptions,
  type NetlinkError,
  type OverflowReason,
  Protocol,
  type System,
} from '../socket/index.ts';

export interface WatchOptions {
  /** A device came, went or changed. VFs come as "add" of subsystem "pci", drivers as "bind" and "unbind". */
  readonly onUevent: (event: Uevent) => void;
  /** A link came, went or changed. */
  readonly onLink: (event: LinkEvent) => void;
  /** Events are missing: look at the whole again. */
  readonly onOverflow: (source: 'uevent' | 'link', reason: OverflowReason) => void;
  /** A socket has broken; all are closed. */
  readonly onFailure: (error: NetlinkError) => void;
  /** Whether the process stays alive for this alone; false unless told. */
  readonly keepAlive?: boolean;
  /** Another operating system than the real one, for tests. */
  readonly system?: System;
}

export interface KernelWatch extends Disposable {
  /** No callback comes afterwards. Idempotent. */
  close(): void;
}

/** RTNLGRP_LINK, include/uapi/linux/rtnetlink.h. */
const LINK_GROUP = 1;
/** What the kernel itself sends; 2 is udevd's. */
const KERNEL_GROUP = 1;

/**
 * Listens to the kernel. Needs no privileges. First watch, then look, and nothing is missed.
 *
 * Of links it tells what happens in this network namespace, of other devices everything, but in a container whose user
 * namespace is not the first only its own network devices.
 *
 * @throws {NetlinkUnavailable} there is no netlink on this machine
 * @throws {NetlinkError} the kernel refuses a socket
 */
export function watchKernel(options: WatchOptions): KernelWatch {
  const { onUevent, onLink, onOverflow, onFailure, keepAlive = false, system } = options;
  const sockets: EventSocket[] = [];
  const close = (): void => {
    for (const socket of sockets) socket.close();
  };
  const listen = (
    source: 'uevent' | 'link',
    socketOptions: Pick<EventSocketOptions, 'protocol' | 'groups' | 'onDatagram'>,
  ): void => {
    const socket = new EventSocket({
      ...socketOptions,
      onOverflow: (reason) => {
        onOverflow(source, reason);
      },
      onFailure: (error) => {
        close();
        onFailure(error);
      },
      ...(system && { system }),
    });
    if (keepAlive) socket.ref();
    sockets.push(socket);
  };
  try {
    listen('uevent', {
      protocol: Protocol.kobjectUevent,
      groups: [KERNEL_GROUP],
      onDatagram: (datagram) => {
        onUevent(decodeUevent(datagram));
      },
    });
    listen('link', {
      protocol: Protocol.route,
      groups: [LINK_GROUP],
      onDatagram: (datagram) => {
        for (const message of splitMessages(datagram)) {
          const event = decodeLinkEvent(message);
          if (event !== null) onLink(event);
        }
      },
    });
  } catch (error) {
    close();
    throw error;
  }
  return { close, [Symbol.dispose]: close };
}
