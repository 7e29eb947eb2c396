import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LabError } from '../lab-error.ts';

/** One source of binary packages, as sources.list(5) describes it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** The value of Signed-By: a file, or a whole key; null where the machine's trusted keys decide. */
  readonly signedBy: string | null;
}

/** Parses the one-line style: `deb [signed-by=/file.gpg] URI SUITE COMPONENT…`. What is no `deb` line is left out. */
export function parseSourcesList(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, options = '', uri, suite, components = ''] = match ?? [];
    if (uri === undefined || suite === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? null;
    return [{ uri, suite, components: splitWords(components), signedBy }];
  });
}

/** Parses the deb822 style: stanzas of `Field: value`, one source for each URI and suite. Disabled ones are left out. */
export function parseDeb822(text: string): readonly AptSource[] {
  const stanzas = text.replace(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = readFields(stanza);
    const get = (name: string): readonly string[] => splitWords(fields.get(name) ?? '');
    if (!get('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    const components = get('components');
    const signedBy = fields.get('signed-by') ?? null;
    return get('uris').flatMap((uri) => get('suites').map((suite) => ({ uri, suite, components, signedBy })));
  });
}

/** Reads every source that apt on this machine uses. */
export function readMachineSources(folder = '/etc/apt'): readonly AptSource[] {
  const single = path.join(folder, 'sources.list');
  const files = globSync(['sources.list.d/*.list', 'sources.list.d/*.sources'], { cwd: folder })
    .toSorted()
    .map((file) => path.join(folder, file));
  return [...(existsSync(single) ? [single] : []), ...files].flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.sources') ? parseDeb822(text) : parseSourcesList(text);
  });
}

/** Where the lab gets its packages: the release of this machine, and the suite that has a kernel new enough. */
export interface LabSources {
  readonly codename: string;
  readonly sources: readonly AptSource[];
  /** The suite for the kernel; null where the release itself has it. */
  readonly backports: string | null;
  /** Where QEMU comes from, with all that it needs: a root of its own, whatever the machine's release. */
  readonly emulator: {
    readonly codename: string;
    /** Its packages win over those of the release. */
    readonly backports: string;
    readonly sources: readonly AptSource[];
  };
}

const needsBackports: Readonly<Record<string, boolean>> = { bookworm: true, trixie: false };

/** The oldest release whose backports have QEMU 10.2 or newer: docs/adr/0019. */
const emulatorCodename = 'trixie';

/**
 * Chooses from the machine's sources those of Debian itself, and adds backports of the same mirror where needed.
 *
 * @throws {LabError} on a release the lab was not built for, or without a source of it
 */
export function chooseLabSources(machine: readonly AptSource[], codename: string): LabSources {
  const backported = needsBackports[codename];
  if (backported === undefined) {
    throw new LabError(`Cannot build a lab on "${codename}": it knows Debian 12 (bookworm) and 13 (trixie)`, {
      hint: 'Use a machine, container or virtual machine with Debian 12 or 13',
    });
  }
  const suites = new Set([codename, `${codename}-updates`, `${codename}-security`]);
  const own = machine.filter(({ suite }) => suites.has(suite));
  const archive = own.find(({ suite, components }) => suite === codename && components.includes('main'));
  if (archive === undefined) {
    throw new LabError(`Cannot find where this machine gets packages: no apt source for "${codename} main"`, {
      hint: 'Look at /etc/apt/sources.list and /etc/apt/sources.list.d, then run apt-get update',
    });
  }
  const sources = own.map((source) => ({ ...source, components: ['main'] }));
  const ofArchive = (suite: string): AptSource => ({ ...archive, suite, components: ['main'] });
  const emulator = {
    codename: emulatorCodename,
    backports: `${emulatorCodename}-backports`,
    sources: [ofArchive(emulatorCodename), ofArchive(`${emulatorCodename}-backports`)],
  };
  if (!backported) return { codename, sources, backports: null, emulator };
  const backports = `${codename}-backports`;
  return { codename, sources: [...sources, ofArchive(backports)], backports, emulator };
}

/** Writes sources in the deb822 style, which alone can hold a whole key. */
export function formatSources(sources: readonly AptSource[]): string {
  const stanzas = sources.map(({ uri, suite, components, signedBy }) => {
    const key = signedBy === null ? '' : `Signed-By: ${signedBy}\n`;
    return `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: ${components.join(' ')}\n${key}`;
  });
  return stanzas.join('\n');
}

/** Fields of a stanza by lower-case name. Lines that begin with a blank go on with the field before. */
function readFields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last: string | null = null;
  for (const line of stanza.split('\n')) {
    const [, name, value = ''] = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name.toLowerCase();
      fields.set(last, value);
    } else if (last !== null && /^\s+\S/.test(line)) {
      fields.set(last, `${fields.get(last) ?? ''}\n${line}`);
    }
  }
  return fields;
}

function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
