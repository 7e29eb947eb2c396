/** A section of an ini file. Several may have one name. */
export interface Section {
  readonly name: string;
  /** The last of several entries with one key counts. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Reads `[section]` and `key=value`; lines that are neither, and comments, say nothing. Never throws. */
export function parseIni(text: string): readonly Section[] {
  const sections: { name: string; entries: Map<string, string> }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const head = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) {
      sections.push({ name: head, entries: new Map() });
      continue;
    }
    const equals = trimmed.indexOf('=');
    if (equals > 0) {
      sections.at(-1)?.entries.set(trimmed.slice(0, equals).trim(), trimmed.slice(equals + 1).trim());
    }
  }
  return sections;
}

/** Files of one text, each below a line with its name, as `export` prints them. */
export function formatFiles(files: readonly { readonly file: string; readonly text: string }[]): string {
  return files.map(({ file, text }) => `# file: ${file}\n${text}`).join('\n');
}
