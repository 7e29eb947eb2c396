// How commands speak to people: tables, colours, widths.
// Never writes by itself: it makes text, the command hands it to the terminal.
export { wrap } from './fit.ts';
export { type Fact, formatFacts } from './facts.ts';
export { formatHost } from './format-host.ts';
export { formatPlan } from './format-plan.ts';
export { formatLineDiff } from './line-diff.ts';
export { type Column, formatTable } from './table.ts';
export { formatTitledTable } from './titled-table.ts';
export { paint, type Terminal } from './terminal.ts';
