import {
  decodeAcknowledgement,
  encodeMessage,
  MessageFlag,
  MessageType,
  type NetlinkMessage,
  type NetlinkRequest,
  splitMessages,
} from '../codec/index.ts';
import { NetlinkError, NetlinkTimeout } from './netlink-error.ts';
import { Errno } from './socket-options.ts';
import type { SystemCall } from './system.ts';

/** What one request is, and until when it may go on. */
export interface ExchangeOptions {
  readonly request: NetlinkRequest;
  readonly portId: number;
  /** "list links", for messages of errors. */
  readonly what: string;
  readonly limitMs: number;
  readonly deadline: number;
  readonly now: () => number;
  /** A number that no earlier request on this socket had. */
  readonly nextSequence: () => number;
  /** Where the parts of a dump are received, DUMP_BUFFER_BYTES long. */
  readonly dumpBuffer: Buffer;
}

/**
 * Parts of a dump are at most 32 KiB, except for a link that needs more by itself: this is enough for 5000 VFs
 * (netlink_dump in net/netlink/af_netlink.c). Memory that no part reaches is never touched, and so costs nothing.
 */
export const DUMP_BUFFER_BYTES = 1 << 20;

/** Dumps that the kernel calls inconsistent are made again, but not for ever: something may change all the time. */
const MAX_DUMPS = 10;

/**
 * One request and its replies, as the calls to make: whoever runs it makes each call, on this thread or another, and
 * hands its result back. Gives the replies without acknowledgement.
 *
 * @throws {NetlinkError} the kernel refused
 * @throws {NetlinkTimeout}
 * @throws {NetlinkDecodeError} the kernel's reply makes no sense
 */
export function* exchange(
  options: ExchangeOptions,
): Generator<SystemCall, readonly NetlinkMessage[], number> {
  const { request, portId, what } = options;
  for (let dumps = 1; ; dumps++) {
    const sequence = options.nextSequence();
    const sent = yield { kind: 'send', message: encodeMessage(request, sequence, portId) };
    if (sent < 0) throw new NetlinkError(what, -sent);
    const { replies, complete } = yield* collect(sequence, options);
    if (complete) return replies;
    if (dumps === MAX_DUMPS) {
      const message = `what was listed changed during each of ${MAX_DUMPS} attempts`;
      throw new NetlinkError(what, Errno.eagain, { message, offset: null, missingAttribute: null });
    }
  }
}

/** One of several requests that are sent together. */
export interface NamedRequest {
  readonly request: NetlinkRequest;
  /** "set the VLAN of VF 3", for messages of errors. */
  readonly what: string;
}

/**
 * Several requests that change something, in one datagram: the kernel works on each in its turn (netlink_rcv_skb in
 * net/netlink/af_netlink.c), also behind one that it refuses, and acknowledges each.
 *
 * @returns for each request its refusal, or null
 * @throws {NetlinkError} nothing was sent; {NetlinkTimeout}; {NetlinkDecodeError}
 */
export function* exchangeAll(
  requests: readonly NamedRequest[],
  options: Omit<ExchangeOptions, 'dumpBuffer' | 'request'>,
): Generator<SystemCall, readonly (NetlinkError | null)[], number> {
  const sequences = requests.map(() => options.nextSequence());
  const messages = requests.map(({ request }, at) =>
    encodeMessage(request, sequences[at] ?? 0, options.portId),
  );
  const sent = yield { kind: 'send', message: Buffer.concat(messages) };
  if (sent < 0) throw new NetlinkError(options.what, -sent);
  const answers = new Map<number, NetlinkError | null>();
  while (answers.size < requests.length) {
    for (const message of splitMessages(yield* receive(options, null))) {
      const at = message.portId === options.portId ? sequences.indexOf(message.sequence) : -1;
      if (message.type === MessageType.overrun) throw new NetlinkError(options.what, Errno.enobufs);
      if (at === -1 || message.type !== MessageType.error) continue;
      const { errno, ...said } = decodeAcknowledgement(message);
      answers.set(at, errno === 0 ? null : new NetlinkError(requests[at]?.what ?? options.what, errno, said));
    }
  }
  return requests.map((_, at) => answers.get(at) ?? null);
}

/** Receives until the request is closed. An inconsistent dump is received to its end: no other may start before. */
function* collect(
  sequence: number,
  options: ExchangeOptions,
): Generator<SystemCall, { replies: readonly NetlinkMessage[]; complete: boolean }, number> {
  const isDump = (options.request.flags & MessageFlag.dump) === MessageFlag.dump;
  const replies: NetlinkMessage[] = [];
  let complete = true;
  for (;;) {
    const datagram = yield* receive(options, isDump ? options.dumpBuffer : null);
    for (const message of splitMessages(datagram)) {
      // An answer to a request that was given up, or to whoever else has used the socket.
      if (message.sequence !== sequence || message.portId !== options.portId) continue;
      if ((message.flags & MessageFlag.dumpInterrupted) !== 0) complete = false;
      if (message.type === MessageType.error || message.type === MessageType.done) {
        const { errno, ...said } = decodeAcknowledgement(message);
        if (errno !== 0) throw new NetlinkError(options.what, errno, said);
        return { replies, complete };
      }
      if (message.type === MessageType.overrun) throw new NetlinkError(options.what, Errno.enobufs);
      if (message.type !== MessageType.noop) replies.push(message);
    }
  }
}

/**
 * The next datagram of the kernel. A single reply is first asked for its length, so that no guess of a maximum can be
 * too small. Parts of a dump go to the large buffer instead: each call may wait for locks, so there is one for each.
 */
function* receive(options: Limits, dumpBuffer: Buffer | null): Generator<SystemCall, Buffer, number> {
  for (;;) {
    const into = dumpBuffer ?? Buffer.allocUnsafe(yield* retrying({ kind: 'peek' }, options));
    const received = yield* retrying({ kind: 'receive', into, makesNext: dumpBuffer !== null }, options);
    if (received > into.length) throw new NetlinkError(options.what, Errno.enobufs);
    const datagram = into.subarray(0, received);
    // The large buffer takes the next part.
    if (received > 0) return dumpBuffer === null ? datagram : Buffer.from(datagram);
  }
}

/** What waiting for the kernel goes by. */
type Limits = Pick<ExchangeOptions, 'deadline' | 'limitMs' | 'now' | 'what'>;

/** Makes a call again when there is something to receive. */
function* retrying(call: SystemCall, options: Limits): Generator<SystemCall, number, number> {
  const { what, limitMs, deadline, now } = options;
  for (;;) {
    const result = yield call;
    if (result >= 0) return result;
    if (result === -Errno.eintr) continue;
    if (result !== -Errno.eagain) throw new NetlinkError(what, -result);
    const leftMs = deadline - now();
    if (leftMs <= 0) throw new NetlinkTimeout(what, limitMs);
    const ready = yield { kind: 'wait', limitMs: leftMs };
    if (ready < 0 && ready !== -Errno.eintr) throw new NetlinkError(what, -ready);
  }
}
