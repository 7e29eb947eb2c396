import type { Column, Line, Place } from './plan-topology.ts';

/** Per cent of the picture's width. */
const COLUMNS: Readonly<Record<Column, { readonly left: number; readonly width: number }>> = {
  host: { left: 0, width: 13 },
  pf: { left: 17, width: 21 },
  vf: { left: 42, width: 22 },
  port: { left: 68, width: 12 },
  machine: { left: 84, width: 16 },
};

/** Pixels, as in topology.css. */
export const ROW_HEIGHT = 34;

/** Where a node is, for topology.css. On a narrow screen it is where its list has it. */
export function placeStyle({ column, row }: Place): string {
  const { left, width } = COLUMNS[column];
  return `--left:${left}%;--width:${width}%;--top:${row * ROW_HEIGHT}px`;
}

/** Where the head of a column is. */
export const headStyle = (column: Column): string => `left:${COLUMNS[column].left}%`;

/** A line as SVG draws it: in per cent to the right, in pixels down. */
export function linePath({ from, to }: Line): string {
  const { left, width } = COLUMNS[from.column];
  const end = COLUMNS[to.column].left;
  const start = left + width;
  const [above, below] = [middleOf(from), middleOf(to)];
  // Trees have trunks; ways that meet in a machine keep apart, so that each can be followed.
  if (to.column === 'machine') {
    const middle = (start + end) / 2;
    return `M${start} ${above}C${middle} ${above} ${middle} ${below} ${end} ${below}`;
  }
  return `M${start} ${above}H${start + TRUNK}V${below}H${end}`;
}

/** Per cent behind a node. */
const TRUNK = 2;

const middleOf = ({ row }: Place): number => row * ROW_HEIGHT + ROW_HEIGHT / 2;
