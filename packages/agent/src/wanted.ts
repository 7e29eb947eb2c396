import type { SriovError } from '@virtfn/model';
import type { MergedHost } from './ports/merge-ports.ts';

/** What is wanted of a host as it is now. */
export interface Wanted extends MergedHost {
  /** Parts of it that mean nothing on the host as it is: the rest is kept. */
  readonly missing: readonly SriovError[];
  /** Attachments on PFs that `desired` does not list keep their VFs: something is missing, or nobody spoke of them. */
  readonly isPartial: boolean;
}
