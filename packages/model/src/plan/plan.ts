import type { ErrorCode, ErrorDetails } from '../errors/index.ts';
import { ERROR_TABLE } from '../errors/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { BlastRadius } from './blast-radius.ts';
import type { Step } from './step.ts';

/** Something desired that cannot be had, with the reason. Its neighbours are planned all the same (invariant 7). */
export interface Refusal {
  readonly pf: PciAddress;
  /** null: the whole PF. */
  readonly vfIndex: number | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details: ErrorDetails;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly refusals: readonly Refusal[];
  readonly blastRadius: BlastRadius;
}

export function refusal(
  at: { readonly pf: PciAddress; readonly vfIndex?: number },
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): Refusal {
  return { pf: at.pf, vfIndex: at.vfIndex ?? null, code, message, hint: ERROR_TABLE[code].hint, details };
}
