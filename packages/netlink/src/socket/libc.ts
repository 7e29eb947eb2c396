import { createRequire } from 'node:module';
import type koffiModule from 'koffi';
import { NetlinkUnavailable } from './netlink-error.ts';
import type { System, SystemCall, Watch } from './system.ts';

type Koffi = typeof koffiModule;
/** Buffers may be given for pointers: the call reads and writes them in place. */
type Pointer = Uint8Array | null;
type Foreign<Arguments extends readonly unknown[]> = ((...args: Arguments) => number) & {
  async(...args: [...Arguments, (error: unknown, result: number) => void]): void;
};

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0x80000;
const MSG_PEEK = 0x2;
/** In: give the whole length of a datagram, also when the buffer is shorter. */
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;
const SIOCETHTOOL = 0x8946;
/** struct ifreq: IFNAMSIZ bytes of name, and a union of 24 bytes that starts with the pointer. */
const IFNAMSIZ = 16;
const IFREQ_REST = 16;
/** struct sockaddr_nl: u16 family, u16 padding, u32 port, u32 groups. All in the machine's order, as a typed array. */
const ADDRESS_LENGTH = 12;

let opened: System | null = null;

/**
 * The system by way of libc. koffi is loaded at the first call (15 to 25 ms), so that programs which only import this
 * package, or only decode, neither pay for it nor need it.
 *
 * @throws {NetlinkUnavailable}
 */
export function libcSystem(): System {
  opened ??= load();
  return opened;
}

function load(): System {
  try {
    if (process.platform !== 'linux') throw new Error(`${process.platform} is not Linux`);
    // The default export is what CommonJS gets as a whole.
    return bindSystem(createRequire(import.meta.url)('koffi') as Koffi);
  } catch (cause) {
    throw new NetlinkUnavailable(cause);
  }
}

function bindSystem(koffi: Koffi): System {
  // Null is the process itself: its own libc, whether glibc or musl.
  const libc = koffi.load(null);
  // Not koffi's ssize_t, which it lacks: long is as wide on every 64-bit Linux.
  const socket = libc.func('int socket(int, int, int)') as Foreign<[number, number, number]>;
  const bind = libc.func('int bind(int, void *, uint)') as Foreign<[number, Pointer, number]>;
  const getsockname = libc.func('int getsockname(int, void *, void *)') as Foreign<
    [number, Pointer, Pointer]
  >;
  const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint)') as Foreign<
    [number, number, number, Pointer, number]
  >;
  const sendto = libc.func('long sendto(int, void *, size_t, int, void *, uint)') as Foreign<
    [number, Pointer, number, number, Pointer, number]
  >;
  const recvfrom = libc.func('long recvfrom(int, void *, size_t, int, void *, void *)') as Foreign<
    [number, Pointer, number, number, Pointer, Pointer]
  >;
  const poll = libc.func('int poll(void *, ulong, int)') as Foreign<[Pointer, number, number]>;
  const ifreq = koffi.struct({
    name: koffi.array('char', IFNAMSIZ),
    data: 'void *',
    rest: koffi.array('uint8_t', IFREQ_REST),
  });
  // Without its "...": on the machines that Node runs on, one pointer goes the same way.
  const ioctl = libc.func('ioctl', 'int', ['int', 'ulong', koffi.pointer(ifreq)]) as Foreign<
    [number, number, object]
  >;
  const close = libc.func('int close(int)') as Foreign<[number]>;

  const kernel = address();
  const orErrno = (result: number): number => (result < 0 ? -koffi.errno() : result);
  /** errno belongs to a thread; koffi hands that of the call over to the callback. */
  const onThread = (start: (done: (error: unknown, result: number) => void) => void): Promise<number> =>
    new Promise((resolve, reject) => {
      start((error, result) => {
        if (error === null || error === undefined) resolve(orErrno(result));
        else reject(error);
      });
    });
  /** Whoever calls on a thread has these to himself until the call is back. */
  const receiver = (
    call: SystemCall,
  ): { flags: number; into: Buffer | null; from: Uint8Array; length: Uint8Array } => {
    const into = call.kind === 'receive' ? call.into : null;
    const flags = MSG_DONTWAIT | MSG_TRUNC | (into === null ? MSG_PEEK : 0);
    return { flags, into, from: address(), length: bytesOf(Uint32Array.of(ADDRESS_LENGTH)) };
  };
  const unlessStranger = (received: number, from: Uint8Array): number =>
    received > 0 && portOf(from) !== 0 ? 0 : received;

  return {
    now: () => performance.now(),
    open: (protocol) => orErrno(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)),
    bind(fd) {
      const own = address();
      const bound = orErrno(bind(fd, own, ADDRESS_LENGTH));
      if (bound < 0) return bound;
      const asked = orErrno(getsockname(fd, own, bytesOf(Uint32Array.of(ADDRESS_LENGTH))));
      return asked < 0 ? asked : portOf(own);
    },
    setOption: (fd, level, option, value) =>
      orErrno(setsockopt(fd, level, option, bytesOf(Int32Array.of(value)), 4)),
    close: (fd) => void close(fd),
    call(fd, call) {
      switch (call.kind) {
        case 'send':
          return orErrno(sendto(fd, call.message, call.message.length, 0, kernel, ADDRESS_LENGTH));
        case 'ethtool':
          return orErrno(ioctl(fd, SIOCETHTOOL, ifreqOf(call.netdev, call.message)));
        case 'wait':
          return orErrno(poll(pollFor(fd), 1, Math.ceil(call.limitMs)));
        case 'peek':
        case 'receive': {
          const { flags, into, from, length } = receiver(call);
          const received = orErrno(recvfrom(fd, into, into?.length ?? 0, flags, from, length));
          return call.kind === 'peek' ? received : unlessStranger(received, from);
        }
      }
    },
    async callOnThread(fd, call) {
      switch (call.kind) {
        case 'send': {
          const { message } = call;
          return onThread((done) =>
            sendto.async(fd, message, message.length, 0, kernel, ADDRESS_LENGTH, done),
          );
        }
        case 'ethtool': {
          const { netdev, message } = call;
          return onThread((done) => ioctl.async(fd, SIOCETHTOOL, ifreqOf(netdev, message), done));
        }
        case 'wait': {
          const polled = pollFor(fd);
          return onThread((done) => poll.async(polled, 1, Math.ceil(call.limitMs), done));
        }
        case 'peek':
        case 'receive': {
          const { flags, into, from, length } = receiver(call);
          const received = await onThread((done) =>
            recvfrom.async(fd, into, into?.length ?? 0, flags, from, length, done),
          );
          return call.kind === 'peek' ? received : unlessStranger(received, from);
        }
      }
    },
    watch: (fd, onReadable) => watch(koffi, fd, onReadable),
  };
}

/**
 * koffi.node.poll is uv_poll. It is typed but not documented, and "might change": so koffi is pinned, this is the only
 * place that knows it, and libc.test.ts holds what we rely on.
 */
function watch(koffi: Koffi, fd: number, onReadable: () => void): Watch {
  const handle = koffi.node.poll(fd, { readable: true }, onReadable);
  handle.unref();
  return {
    ref: () => {
      handle.ref();
    },
    unref: () => {
      handle.unref();
    },
    stop: () => {
      handle.stop();
      handle.close();
    },
  };
}

/** Port 0, no groups: as a destination the kernel, as our own address "any". */
function address(): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_LENGTH);
  new Uint16Array(bytes.buffer)[0] = AF_NETLINK;
  return bytes;
}

function portOf(bytes: Uint8Array): number {
  return new Uint32Array(bytes.buffer)[1] ?? 0;
}

/** The caller keeps `data` until the call is back. */
function ifreqOf(name: string, data: Buffer): object {
  return { name, data, rest: new Uint8Array(IFREQ_REST) };
}

/** struct pollfd: i32 fd, i16 events, i16 revents. */
function pollFor(fd: number): Uint8Array {
  const bytes = bytesOf(Int32Array.of(fd, 0));
  new Int16Array(bytes.buffer)[2] = POLLIN;
  return bytes;
}

function bytesOf(values: Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}
