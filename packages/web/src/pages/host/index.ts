// One host: its cards, drawn from the host to the virtual machines, and what stands out.
// Must never show a VF as free because nothing is known of it.
export { AgentNotice } from './agent-notice.tsx';
export { ChosenVf } from './chosen-vf.tsx';
export { Host } from './host.tsx';
export { PfRow } from './pf-row.tsx';
export { type PfDocument, type StandingPf, standingOf } from './standing.ts';
export { VfLegend } from './vf-glyph.tsx';
