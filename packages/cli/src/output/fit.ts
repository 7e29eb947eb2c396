/**
 * Breaks a text between words so that no line is longer than the terminal is wide; lines behind the first are indented.
 * `width` null: never (output that goes into a pipe is for programs).
 */
export function wrap(text: string, width: number | null, indent = ''): string {
  if (width === null) return text;
  const lines: string[] = [];
  let line = '';
  // White space at the start of the text is part of its first word.
  for (const word of text.match(/^\s*\S+|\S+/g) ?? []) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Cuts a line where the terminal ends, with an ellipsis. */
export function cut(line: string, width: number | null): string {
  return width !== null && line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
