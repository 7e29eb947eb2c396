import type { PciAddress } from '../pci/index.ts';
import { FINDING_TABLE, type FindingCode, type Severity } from './finding-table.ts';

/** Something about a host that a person should know or mend. */
export interface Finding {
  readonly code: FindingCode;
  readonly title: string;
  readonly severity: Severity;
  /** What was found, one or two sentences. */
  readonly text: string;
  /** What to do. */
  readonly hint: string;
  readonly pf: PciAddress | null;
}

export function finding(
  code: FindingCode,
  text: string,
  hint: string,
  pf: PciAddress | null = null,
): Finding {
  const { title, severity } = FINDING_TABLE[code];
  return { code, title, severity, text, hint, pf };
}
