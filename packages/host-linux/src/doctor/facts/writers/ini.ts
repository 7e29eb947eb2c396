export interface IniEntry {
  /** Name of the section; empty before the first one. */
  readonly section: string;
  /** Counts the sections, of which several may have one name. */
  readonly sectionNumber: number;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Nothing that matters is longer; certificates are. */
const LONGEST_LINE = 4096;

/** Reads `[section]` and `key=value` as systemd units, NetworkManager's files and ifcfg files write them. */
export function parseIni(text: string): readonly IniEntry[] {
  let section = '';
  let sectionNumber = 0;
  return text.split('\n').flatMap((line, at) => {
    if (line.length > LONGEST_LINE) return [];
    const [, opened] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    if (opened !== undefined) {
      section = opened;
      sectionNumber += 1;
      return [];
    }
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined
      ? []
      : [{ section, sectionNumber, key, value, line: at + 1 }];
  });
}

/** The last value of a key: it is the one that holds. Quotes around it are taken off. */
export function valueOf(entries: readonly IniEntry[], section: string, key: string): string | null {
  const found = entries.findLast((each) => each.section === section && each.key === key);
  return found?.value.replace(/^(["'])(.*)\1$/, '$2') ?? null;
}
