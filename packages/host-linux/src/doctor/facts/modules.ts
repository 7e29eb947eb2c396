import path from 'node:path/posix';
import { printable } from '../../sysfs/parse-values.ts';
import type { SysfsReader } from '../../sysfs/sysfs-reader.ts';

/** A line that forbids to load a module. */
export interface Blacklisting {
  /** With underscores, as the kernel writes it. */
  readonly module: string;
  readonly file: string;
  /** null: the kernel command line. */
  readonly line: number | null;
  readonly text: string;
}

export interface VfioFacts {
  /** Whether vfio-pci is loaded or built in. */
  readonly isLoaded: boolean;
  /** Whether it is there to be loaded; null: the modules on disk were not seen. */
  readonly isInstalled: boolean | null;
}

const FOLDERS = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
];
const FILE_LIMIT = 256 << 10;
/** modules.dep has 700 KB on Debian. */
const LIST_LIMIT = 4 << 20;

export interface ConfigFile {
  readonly file: string;
  readonly lines: readonly string[];
}

/** The files of modprobe, by name; the folder that comes first hides a file of the same name in the others. */
export function readModprobeFiles(reader: SysfsReader): readonly ConfigFile[] {
  const files = new Map<string, ConfigFile>();
  for (const folder of FOLDERS) {
    for (const name of reader.list(folder) ?? []) {
      const file = path.join(folder, name);
      const text = name.endsWith('.conf') && !files.has(name) ? reader.bytes(file, FILE_LIMIT) : null;
      // Not trimmed, so that lines keep their numbers.
      if (text !== null) files.set(name, { file, lines: text.toString('utf8').split('\n') });
    }
  }
  return [...files.values()].toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

/** Modules are written with - and _ as one likes. */
export function moduleName(name: string): string {
  return name.replaceAll('-', '_');
}

/** `blacklist igb`, and `install igb /bin/true` that loads nothing, and their like on the kernel command line. */
export function findBlacklistings(
  files: readonly ConfigFile[],
  commandLine: readonly string[] | null,
): readonly Blacklisting[] {
  const inFiles = files.flatMap(({ file, lines }) =>
    lines.flatMap((text, at) => {
      const [, listed, replaced] =
        /^\s*(?:blacklist\s+([\w-]+)|install\s+([\w-]+)\s+(?:\/usr)?(?:\/bin)?\/?(?:true|false)\b)/.exec(
          text,
        ) ?? [];
      const module = listed ?? replaced;
      if (module === undefined) return [];
      return [{ module: moduleName(module), file, line: at + 1, text: printable(text.trim()) }];
    }),
  );
  const booted = (commandLine ?? []).flatMap((text) => {
    const [, list] = /^(?:rd\.|modprobe\.)?(?:driver\.|module_)?blacklist=([\w,-]+)$/.exec(text) ?? [];
    return (list ?? '')
      .split(',')
      .filter((module) => /^[\w-]+$/.test(module))
      .map((module) => ({
        module: moduleName(module),
        file: '/proc/cmdline',
        line: null,
        text: printable(text),
      }));
  });
  return [...inFiles, ...booted];
}

export function readVfio(reader: SysfsReader, release: string | null): VfioFacts {
  const isLoaded = reader.has('/sys/bus/pci/drivers/vfio-pci');
  if (isLoaded || release === null) return { isLoaded, isInstalled: null };
  const lists = ['modules.dep', 'modules.builtin'].map((name) =>
    reader.text(`/lib/modules/${release}/${name}`, LIST_LIMIT),
  );
  const seen = lists.filter((list) => list !== null);
  if (seen.length === 0) return { isLoaded, isInstalled: null };
  return { isLoaded, isInstalled: seen.some((list) => /\bvfio[-_]pci\.ko/.test(list)) };
}
