import { getSystemErrorName } from 'node:util';
import type { Acknowledgement } from '../codec/index.ts';

/** The kernel refused a request, or a call on the socket failed. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** "EOPNOTSUPP", "EBUSY" … */
  readonly code: string;
  /** The same as a positive number. */
  readonly errno: number;
  /** The kernel's own sentence, where it has one. For people; never branch on it. */
  readonly kernelMessage: string | null;
  /** Byte in the request where the refused attribute stands. */
  readonly offset: number | null;

  /** `what` completes "Cannot …": "set the MTU of link 3". */
  constructor(what: string, errno: number, said: Omit<Acknowledgement, 'errno'> | null = null) {
    const code = nameOf(errno);
    const missing = said?.missingAttribute ?? null;
    const reason = said?.message ?? (missing === null ? null : `attribute ${missing} is missing`);
    super(`Cannot ${what}: ${reason === null ? code : `${reason} (${code})`}`);
    this.code = code;
    this.errno = errno;
    this.kernelMessage = said?.message ?? null;
    this.offset = said?.offset ?? null;
  }
}

/** The kernel has not answered in time. What was asked may still happen: read back before trying again. */
export class NetlinkTimeout extends Error {
  override readonly name = 'NetlinkTimeout';
  readonly limitMs: number;

  constructor(what: string, limitMs: number) {
    super(`Cannot ${what}: no answer of the kernel within ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/** There is no netlink here: another operating system, or koffi has no binary for this machine. */
export class NetlinkUnavailable extends Error {
  override readonly name = 'NetlinkUnavailable';

  constructor(cause: unknown) {
    super('Cannot open netlink: it cannot be called from this machine', { cause });
  }
}

/** Numbers between the kernel's own and those of libc have no name (ENOTSUPP is 524). */
function nameOf(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `E${errno}`;
  }
}
