/** What a bench/*.bench.ts file exports as its default. */
export interface Benchmark {
  readonly name: string;
  run(): Promise<readonly Row[]>;
}

/** One figure. `aim` is what we want of it, in words, and whether this figure is within it. */
export interface Row {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  readonly aim?: { readonly text: string; readonly holds: boolean };
  readonly note?: string;
}

export interface Result {
  readonly benchmark: string;
  readonly rows: readonly Row[];
}

/** Formats results as an aligned table, missed aims marked, and a closing line that counts them. */
export function formatTable(results: readonly Result[]): string {
  const lines = results.flatMap(({ benchmark, rows }) => rows.map((row) => cellsOf(benchmark, row)));
  const header = ['benchmark', 'measured', 'figure', 'unit', 'aim', '', 'note'];
  const widths = header.map((title, at) =>
    Math.max(...[header, ...lines].map((cells) => cells[at]?.length ?? 0), title.length),
  );
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 2 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  const aims = results.flatMap(({ rows }) => rows).flatMap(({ aim }) => aim ?? []);
  const missed = aims.filter(({ holds }) => !holds).length;
  const summary =
    missed === 0 ? `All ${aims.length} aims are met.` : `${missed} of ${aims.length} aims are MISSED.`;
  return [
    format(header),
    format(widths.map((width) => '-'.repeat(width))),
    ...lines.map(format),
    '',
    summary,
  ].join('\n');
}

function cellsOf(benchmark: string, { name, figure, unit, aim, note }: Row): readonly string[] {
  const verdict = aim === undefined ? '' : aim.holds ? 'met' : 'MISSED';
  return [benchmark, name, formatFigure(figure), unit, aim?.text ?? '', verdict, note ?? ''];
}

/** Three significant digits: no run repeats more than that. */
export function formatFigure(figure: number): string {
  if (!Number.isFinite(figure)) return String(figure);
  return figure.toLocaleString('en', { maximumSignificantDigits: 3 }).replaceAll(',', ' ');
}
