import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { rowsInView, type View } from './rows-in-view.ts';

/** Pixels, as in long-table.css. */
const ROW_HEIGHT = 32;

interface LongTableProps<Row> {
  /** What it is a list of, for who hears it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** The cells of the head. */
  readonly head: ComponentChildren;
  readonly columns: number;
  /** A row with this `aria-rowindex`. */
  readonly children: (row: Row, index: number) => ComponentChildren;
  /** Somebody has come to its end. */
  readonly onEnd?: () => void;
}

/**
 * A list of any length. Of ten thousand rows only those are drawn that are looked at; who hears the list is told of all. Rows
 * that come above what is looked at do not move it.
 */
export function LongTable<Row>({ label, rows, keyOf, head, columns, children, onEnd }: LongTableProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const view = useSignal<View>({ scrollTop: 0, height: 800 });
  const look = (): void => {
    const { scrollTop = 0, clientHeight: height = 0 } = scroller.current ?? {};
    view.value = { scrollTop, height };
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  useKeptPlace(scroller, rows, keyOf);
  const { first, end } = rowsInView(view.value, ROW_HEIGHT, rows.length);
  return (
    <div
      ref={scroller}
      class="long-table"
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={() => {
        look();
        const { scrollTop, height } = view.value;
        if (scrollTop + 2 * height > rows.length * ROW_HEIGHT) onEnd?.();
      }}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>{head}</tr>
        </thead>
        <tbody>
          <Gap rows={first} columns={columns} />
          {rows.slice(first, end).map((row, index) => children(row, first + index + 2))}
          <Gap rows={rows.length - end} columns={columns} />
        </tbody>
      </table>
    </div>
  );
}

/** Keeps the first row that is looked at where it is when others come above it. At the top, what comes is seen. */
function useKeptPlace<Row>(
  scroller: { readonly current: HTMLDivElement | null },
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const former = before.current;
    before.current = rows;
    const { current } = scroller;
    if (former === rows || current === null || current.scrollTop === 0) return;
    const at = Math.floor(current.scrollTop / ROW_HEIGHT);
    const row = former[at];
    if (row === undefined) return;
    const key = keyOf(row);
    const now = rows.findIndex((each) => keyOf(each) === key);
    if (now >= 0 && now !== at) current.scrollTop += (now - at) * ROW_HEIGHT;
  }, [rows]);
}

/** Room for rows that are not drawn. */
function Gap({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows === 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={columns} class="gap" style={{ height: rows * ROW_HEIGHT }} />
    </tr>
  );
}
