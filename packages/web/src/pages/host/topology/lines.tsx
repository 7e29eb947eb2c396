import { linePath, ROW_HEIGHT } from './place-style.ts';
import type { Line } from './plan-topology.ts';

/** The lines between nodes. Who hears the picture has them as lists in lists. */
export function Lines({ lines, rows }: { readonly lines: readonly Line[]; readonly rows: number }) {
  const height = rows * ROW_HEIGHT;
  return (
    <svg
      class="lines"
      height={height}
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {lines.map((line) => (
        <path key={keyOf(line)} class={classOf(line)} d={linePath(line)} />
      ))}
    </svg>
  );
}

const classOf = ({ look, to }: Line): string =>
  `${look.replaceAll(' ', '-')}${to.column === 'machine' ? ' bent' : ''}`;

const keyOf = ({ from, to }: Line): string => `${from.column}${from.row}-${to.column}${to.row}`;
