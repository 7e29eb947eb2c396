// kobject uevents: what the kernel multicasts when a device comes, goes or changes (lib/kobject_uevent.c).
// Must never read udevd's messages, which have a binary header and may come from anybody who may send them.

import { NetlinkDecodeError } from '../wire/decode-error.ts';

/** "add", "remove", "change", "move", "online", "offline", "bind", "unbind". */
export interface Uevent {
  readonly action: string;
  /** Path under /sys: "/devices/pci0000:00/0000:00:03.0". */
  readonly devPath: string;
  readonly subsystem: string | null;
  /** Rises by one with each event of the kernel; gaps are events of other namespaces. */
  readonly sequence: bigint | null;
  /** All KEY=VALUE pairs, ACTION, DEVPATH, SUBSYSTEM and SEQNUM among them. Without prototype. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Parses `ACTION@DEVPATH\0KEY=VALUE\0…`.
 *
 * @throws {NetlinkDecodeError} also for udevd's own format
 */
export function decodeUevent(datagram: Uint8Array): Uevent {
  const text = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength).toString('utf8');
  const [head = '', ...pairs] = text.split('\0');
  const at = head.indexOf('@');
  if (at < 1 || head[at + 1] !== '/') throw new NetlinkDecodeError('a uevent', 'no ACTION@DEVPATH', 0);
  if (pairs.pop() !== '') throw new NetlinkDecodeError('a uevent', 'no NUL at the end', datagram.length);
  const properties = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new NetlinkDecodeError('a uevent', `"${pair}" where KEY=VALUE was due`, 0);
    properties[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  const sequence = properties['SEQNUM'] ?? '';
  return {
    action: head.slice(0, at),
    devPath: head.slice(at + 1),
    subsystem: properties['SUBSYSTEM'] ?? null,
    sequence: /^\d{1,20}$/.test(sequence) ? BigInt(sequence) : null,
    properties,
  };
}
