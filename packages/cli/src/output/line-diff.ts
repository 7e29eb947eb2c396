import { paint, type Terminal } from './terminal.ts';

/** Unchanged lines that are shown before and behind a change. */
const CONTEXT = 2;

/**
 * What changes in a text, as `diff` shows it: everything between the first and the last line that differ is one change.
 */
export function formatLineDiff(before: string, after: string, terminal: Terminal): string {
  const old = linesOf(before);
  const next = linesOf(after);
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < next.length - start &&
    old[old.length - 1 - end] === next[next.length - 1 - end]
  )
    end += 1;
  return [
    ...old.slice(Math.max(0, start - CONTEXT), start).map((line) => `    ${line}`),
    ...old.slice(start, old.length - end).map((line) => paint(terminal, 'red', `  - ${line}`)),
    ...next.slice(start, next.length - end).map((line) => paint(terminal, 'green', `  + ${line}`)),
    ...old.slice(old.length - end, old.length - end + CONTEXT).map((line) => `    ${line}`),
  ].join('\n');
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
