import type { PciAddress } from '../pci/index.ts';

export type Severity = 'info' | 'warning' | 'critical';

/** Every standing trouble that doctor, agent and dashboard know, with the word for it. */
export const FINDING_TABLE = {
  'no-sriov-card': { title: 'This machine has no SR-IOV card', severity: 'warning' },
  'sriov-without-driver': {
    title: 'A card can do SR-IOV, but its driver is missing or cannot',
    severity: 'warning',
  },
  'simulated-host': { title: 'This host exists in memory only', severity: 'info' },
} as const satisfies Record<string, { readonly title: string; readonly severity: Severity }>;

export type FindingCode = keyof typeof FINDING_TABLE;

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
  return { code, ...FINDING_TABLE[code], text, hint, pf };
}
