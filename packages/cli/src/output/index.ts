// How commands speak to people: tables, colours, widths.
// Never writes by itself: it makes text, the command hands it to the terminal.
export { formatPlan } from './format-plan.ts';
export { type Column, formatTable } from './table.ts';
export { paint, type Terminal } from './terminal.ts';
