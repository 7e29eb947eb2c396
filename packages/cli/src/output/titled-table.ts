import { type Column, formatTable } from './table.ts';
import { paint, type Terminal } from './terminal.ts';

/** Rows under titles that stand out. */
export function formatTitledTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
): string {
  const [head = '', ...lines] = formatTable(rows, columns, terminal.width).split('\n');
  return [paint(terminal, 'bold', head), ...lines].join('\n');
}
