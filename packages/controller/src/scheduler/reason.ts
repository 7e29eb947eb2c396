import type { PciAddress } from '@virtfn/model';

/** Why a host, a PF or some VFs of it cannot serve a port. Stable, for programs. */
export type ReasonCode =
  | 'agent-gone'
  | 'apart'
  | 'bandwidth'
  | 'capability'
  | 'default-route'
  | 'function-unknown'
  | 'link-down'
  | 'no-filter'
  | 'no-pfs'
  | 'no-vfs'
  | 'not-allowed'
  | 'numa'
  | 'pf-in-use'
  | 'physical-network'
  | 'switchdev'
  | 'vf-in-use'
  | 'vf-not-ready'
  | 'vf-taken';

export interface Reason {
  readonly code: ReasonCode;
  /** null: the whole host. */
  readonly pf: PciAddress | null;
  /** How many VFs of the PF it is about; null: the PF itself. */
  readonly vfs: number | null;
  readonly text: string;
}

/** One reason for people. */
export function describeReason({ pf, vfs, text }: Reason): string {
  if (pf === null) return text;
  return vfs === null ? `PF ${pf}: ${text}` : `${vfs} VF${vfs === 1 ? '' : 's'} of PF ${pf}: ${text}`;
}
