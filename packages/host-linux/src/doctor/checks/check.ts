import type { Finding, FindingCode } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';

/** Looks for one kind of trouble. Pure. */
export interface Check {
  /** The code of all its findings. */
  readonly code: FindingCode;
  /** Findings that are the cause of this one: it is not shown while one of them is there for the same PF or for all. */
  readonly hiddenBy: readonly FindingCode[];
  run(facts: Facts): readonly Finding[];
}
