// Trees for tests: one readable text a machine, laid out as files in a temporary folder.
// Never for programs: only tests import it, and what it lays out goes with the test.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path/posix';

/** The part of node:test's context that is needed to clean up. */
interface Test {
  after(action: () => void): void;
}

/** One line of a tree. Paths have no leading slash. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly path: string; readonly content: Uint8Array }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** A file that is there and cannot be read. Laid out as a folder: opening it works, reading it does not. */
  | { readonly kind: 'refusal'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };

/**
 * Reads a tree. Lines are `path = content` (\n \t \0 \\ are escapes; a line end is added), `path : hexadecimal bytes`,
 * `path -> target of a link`, `path ! ERRNO` for a file that refuses to be read, `path/` for an empty folder, and
 * `# comment`.
 *
 * @throws for any other line, with its number
 */
export function parseTree(text: string): readonly TreeEntry[] {
  return text.split('\n').flatMap((line, at): readonly TreeEntry[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [, written = '', sign, value = ''] = /^(\S+)(?: (=|:|->|!) ?(.*))?$/.exec(line) ?? [];
    const place = written.replace(/^\/+/, '');
    if (sign === '->') return [{ kind: 'link', path: place, target: value }];
    if (sign === '!') return [{ kind: 'refusal', path: place }];
    if (sign === '=') return [{ kind: 'file', path: place, content: Buffer.from(`${unescape(value)}\n`) }];
    if (sign === ':')
      return [{ kind: 'file', path: place, content: Buffer.from(value.replaceAll(' ', ''), 'hex') }];
    if (place.endsWith('/')) return [{ kind: 'folder', path: place.slice(0, -1) }];
    throw new Error(`Cannot read line ${at + 1} of the tree: found "${line}"`);
  });
}

function unescape(value: string): string {
  return value.replaceAll(/\\([nt0\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/**
 * A tree with other lines in the place of some of its own: a line takes the place of those at the same path, and what
 * is below a path of `without` goes.
 */
export function varyTree(tree: string, lines: string, without: readonly string[] = []): readonly TreeEntry[] {
  const added = parseTree(lines);
  const gone = [...without.map((place) => place.replace(/^\/+/, '')), ...added.map((entry) => entry.path)];
  const isGone = (entry: TreeEntry): boolean =>
    gone.some((place) => entry.path === place || entry.path.startsWith(`${place}/`));
  return [...parseTree(tree).filter((entry) => !isGone(entry)), ...added];
}

/** Lays a tree out in a new temporary folder and gives its path. The folder goes with the test. */
export function layOutTree(test: Test, tree: string | readonly TreeEntry[]): string {
  const root = mkdtempSync(path.join(tmpdir(), 'virtfn-tree-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  for (const entry of typeof tree === 'string' ? parseTree(tree) : tree) {
    const place = path.join(root, entry.path);
    const isFolder = entry.kind === 'folder' || entry.kind === 'refusal';
    mkdirSync(isFolder ? place : path.dirname(place), { recursive: true });
    if (entry.kind === 'file') writeFileSync(place, entry.content);
    if (entry.kind === 'link') symlinkSync(entry.target, place);
  }
  return root;
}

/** The text of `fixtures/NAME.tree`. */
export function readFixture(name: string): string {
  return readFileSync(path.join(import.meta.dirname, `../fixtures/${name}.tree`), 'utf8');
}
