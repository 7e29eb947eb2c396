import type { Errno } from '@virtfn/host';

/** The kernel's refusal of a system call. */
export class KernelErrno extends Error {
  override readonly name = 'KernelErrno';
  readonly errno: Errno;

  constructor(errno: Errno) {
    super(errno);
    this.errno = errno;
  }
}

/** The system call does not come back: something in the kernel waits, with locks held. */
export class KernelBlocked extends Error {
  override readonly name = 'KernelBlocked';
}
