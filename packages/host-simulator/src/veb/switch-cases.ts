import { type Frame, type Ingress, switchFrame, type VebPort } from './index.ts';
import { mac } from './sample-ports.ts';

/** Where a frame went, one word each: `vf 1`, `pf` or `wire`, with `vlan N` if it arrives tagged; or why it did not. */
export function outcomeOf({ port, ingress, frame }: SwitchCase['given']): string {
  const { to, dropped } = switchFrame(port, ingress, frame);
  if (dropped !== null) return `dropped: ${dropped.reason}`;
  return to
    .map((each) => {
      const place = each.kind === 'vf' ? `vf ${each.vfIndex}` : each.kind;
      return each.frame.vlan === null ? place : `${place} vlan ${each.frame.vlan.id}`;
    })
    .join(', ');
}

/** One row of a table of `switchFrame()`: what arrives where, or why not. */
export interface SwitchCase {
  readonly name: string;
  readonly given: { readonly port: VebPort; readonly ingress: Ingress; readonly frame: Frame };
  readonly want: string;
}

export const vf0: Ingress = { kind: 'vf', vfIndex: 0 };
export const vf1: Ingress = { kind: 'vf', vfIndex: 1 };
export const pf: Ingress = { kind: 'pf' };
export const wire: Ingress = { kind: 'wire' };
/** A MAC that no sample port has. */
export const elsewhere = mac('ee');
