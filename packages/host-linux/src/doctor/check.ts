import type { Finding, FindingCode } from '@virtfn/model';
import type { Facts } from './gather-facts.ts';

/** Looks for one kind of trouble. Pure. */
export interface Check {
  /** The code of all its findings. */
  readonly code: FindingCode;
  run(facts: Facts): readonly Finding[];
}
