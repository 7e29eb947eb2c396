import path from 'node:path/posix';
import type { PciAddress, PhysicalFunction } from '@virtfn/model';
import { printable } from '../../../sysfs/parse-values.ts';
import type { SysfsReader } from '../../../sysfs/sysfs-reader.ts';

/** A line of configuration by which something else than virtfn makes or sets VFs. */
export interface ConfigWrite {
  /** The program that obeys the file. */
  readonly owner: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** null: the file does not tell whose VFs. */
  readonly pf: PciAddress | null;
  /** What to do. */
  readonly undo: string;
}

/** What the finders share. */
export interface Look {
  readonly reader: SysfsReader;
  readonly pfs: readonly PhysicalFunction[];
  /** Collects files that are there and could not be read. */
  readonly refused: string[];
}

const LIMIT = 256 << 10;
const MOST_FILES = 500;
const LONGEST_TEXT = 160;
/** Of one file. */
export const MOST_WRITES = 100;

export function shown(text: string): string {
  return printable(text.trim()).slice(0, LONGEST_TEXT);
}

/** The text of a configuration file; one that is refused is noted. */
export function readConfig({ reader, refused }: Look, file: string): string | null {
  // Not trimmed, so that lines keep their numbers.
  const text = reader.bytes(file, LIMIT)?.toString('utf8') ?? null;
  // A folder, which cannot be read either, can be listed.
  if (text === null && reader.has(file) && reader.list(file) === null) refused.push(file);
  return text;
}

/** Paths of the files in a folder, sorted. A folder that is there and cannot be listed is noted. */
export function listConfigs({ reader, refused }: Look, folder: string, ending: RegExp): readonly string[] {
  const names = reader.list(folder);
  if (names === null && reader.has(folder)) refused.push(folder);
  return (names ?? [])
    .filter((name) => ending.test(name))
    .toSorted()
    .slice(0, MOST_FILES)
    .map((name) => path.join(folder, name));
}

/**
 * As systemd and udev read their folders: sorted by file name over all folders, and a file hides those of the same name
 * in later folders.
 */
export function listLayeredConfigs(
  look: Look,
  folders: readonly string[],
  ending: RegExp,
): readonly string[] {
  const files = new Map<string, string>();
  for (const file of folders.flatMap((folder) => listConfigs(look, folder, ending))) {
    if (!files.has(path.basename(file))) files.set(path.basename(file), file);
  }
  return [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}
