import type { ErrorCode, ErrorDetails } from '../errors/index.ts';
import { ERROR_TABLE, SriovError } from '../errors/index.ts';
import type { MacAddress } from '../ethernet/index.ts';
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

/** Whether a refusal is about MACs of the host that VFs cannot reach: nothing else of its PF hangs on it. */
export function isAboutFdb({ details }: Refusal): boolean {
  return Array.isArray(details['macs']);
}

/** Whether a refusal is about this MAC of the host. */
export function isAboutMac({ details }: Refusal, mac: MacAddress): boolean {
  const { macs } = details;
  return Array.isArray(macs) && macs.includes(mac);
}

export function refusal(
  at: { readonly pf: PciAddress; readonly vfIndex?: number },
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): Refusal {
  return { pf: at.pf, vfIndex: at.vfIndex ?? null, code, message, hint: ERROR_TABLE[code].hint, details };
}

/** A refusal as an error, for who asked for just what was refused. */
export function errorOfRefusal({
  code,
  message,
  hint,
  details = {},
}: Pick<Refusal, 'code' | 'message' | 'hint'> & Partial<Pick<Refusal, 'details'>>): SriovError {
  return new SriovError(code, message, { hint, details });
}
