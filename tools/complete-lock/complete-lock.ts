interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Record<string, Entry>;
}

const systems = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const processors = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64'.split(' ');

/**
 * Adds an entry for every optional package that another entry wants and the lock file does not hold. Idempotent.
 *
 * The entry names the platform, which a package made for one platform carries in its name: npm then skips it
 * everywhere else without asking. It has no checksum, as there is no such package here to take it from.
 *
 * @throws where a missing package is not pinned by the one that wants it, or its name names no platform
 */
export function completeLock(text: string): { readonly text: string; readonly added: readonly string[] } {
  const lock = JSON.parse(text) as Lock;
  const added: string[] = [];
  const entries = { ...lock.packages };
  for (const parent of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (isLocked(entries, name)) continue;
      entries[`node_modules/${name}`] = entryFor(name, version, parent.dev ?? false);
      added.push(name);
    }
  }
  const sorted = Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { text: `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`, added };
}

/** Also true for a package that is locked below another one. */
export function isLocked(entries: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.keys(entries).some((place) => place.endsWith(`node_modules/${name}`));
}

function entryFor(name: string, version: string, dev: boolean): Entry {
  const words = name.replace(/^@[^/]+\//, '').split('-');
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(
      `Cannot complete package-lock.json: "${name}@${version}" is missing, and its name does not say for which platform it is`,
    );
  }
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.includes('gnu')
      ? 'glibc'
      : undefined;
  return Object.assign({ version, cpu: [cpu] }, dev && { dev }, libc && { libc: [libc] }, {
    optional: true,
    os: [os],
  });
}
