import type { ErrorBody, LibvirtErrorCode } from '../codec/index.ts';

/** What is known of a refusal: all that libvirt says, or of virsh its words alone. */
export type Refusal = Partial<ErrorBody> & Pick<ErrorBody, 'code' | 'message'>;

/** libvirt refused. Nothing, or a part, was done: read back where that matters. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  /** Branch on this one. 'unknown' where virsh was asked, which says words only. */
  readonly code: LibvirtErrorCode;
  /** libvirt's own sentence. For people; never branch on it. */
  readonly libvirtMessage: string | null;
  /** All that libvirt sent. */
  readonly refusal: Refusal;

  /** `what` completes "Cannot …": "call virDomainGetState". */
  constructor(what: string, refusal: Refusal) {
    super(`Cannot ${what}: ${refusal.message ?? 'no reason given'} (${refusal.code})`);
    this.code = refusal.code;
    this.libvirtMessage = refusal.message;
    this.refusal = refusal;
  }
}

/**
 * A call was sent, and nobody knows what became of it: it may have been done, be done later, or never. Look before you
 * ask again.
 */
export class LibvirtOutcomeUnknown extends Error {
  override readonly name = 'LibvirtOutcomeUnknown';
  readonly reason: 'timeout' | 'aborted' | 'connection-lost';

  constructor(what: string, reason: LibvirtOutcomeUnknown['reason'], cause?: unknown) {
    super(`Cannot tell what became of ${what}: ${sayings[reason]}`, { cause });
    this.reason = reason;
  }
}

const sayings = {
  timeout: 'no answer within its limit',
  aborted: 'it was given up while libvirt worked on it',
  'connection-lost': 'the connection broke before the answer',
} as const;

/** There is no connection, and nothing was asked. */
export class LibvirtUnavailable extends Error {
  override readonly name = 'LibvirtUnavailable';
  /**
   * 'no-socket': no daemon has made one; 'refused': no daemon listens, or it lets nobody else in; 'authentication': the
   * daemon does not want us; 'timeout': it took too long; 'silent': it answers no ping; 'closed': there was a connection;
   * 'no-program': virsh is not installed.
   */
  readonly reason:
    | 'no-socket'
    | 'refused'
    | 'authentication'
    | 'timeout'
    | 'silent'
    | 'closed'
    | 'no-program';

  constructor(reason: LibvirtUnavailable['reason'], found: string, cause?: unknown) {
    super(`Cannot talk to libvirt: ${found}`, { cause });
    this.reason = reason;
  }
}
