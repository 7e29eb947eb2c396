import type { Write } from '../store/index.ts';
import type { RequestOrigin } from './request-origin.ts';

/**
 * A write that notes who asked for it. That costs it no row: the note stands in the log of changes, with the change itself,
 * and `AuditIntake` makes entries of the audit log of many such notes at once.
 */
export function audited<Result>(
  origin: RequestOrigin,
  work: (write: Write) => Promise<Result>,
): (write: Write) => Promise<Result> {
  return (write) => {
    write.askedBy(JSON.stringify(origin));
    return work(write);
  };
}
