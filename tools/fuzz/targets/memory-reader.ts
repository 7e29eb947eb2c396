import path from 'node:path/posix';
import { SysfsReader } from '../../../packages/host-linux/src/sysfs/sysfs-reader.ts';
import type { TreeEntry } from '../../../packages/host-linux/src/testing/tree-loader.ts';

const MOST_LINKS = 40;

/** Reads a tree in memory as SysfsReader reads files: a thousand inputs a second, where files allow some dozens. */
export class MemoryReader extends SysfsReader {
  readonly #entries = new Map<string, TreeEntry>();
  readonly #followed = new Map<string, string | null>();
  readonly #children = new Map<string, Set<string>>();

  constructor(entries: readonly TreeEntry[]) {
    super('/nowhere');
    for (const entry of entries) this.#add(entry);
  }

  override bytes(file: string, limit = 4096): Buffer | null {
    const entry = this.#entries.get(this.#follow(file, 0) ?? '');
    return entry?.kind === 'file' ? Buffer.from(entry.content.subarray(0, limit)) : null;
  }

  override text(file: string, limit?: number): string | null {
    return this.bytes(file, limit)?.toString('utf8').trim() ?? null;
  }

  override link(file: string): string | null {
    const folder = this.#follow(path.dirname(path.resolve('/', file)), 0);
    const entry = folder === null ? undefined : this.#entries.get(path.join(folder, path.basename(file)));
    return entry?.kind === 'link' ? entry.target : null;
  }

  override list(folder: string): readonly string[] | null {
    const real = this.#follow(folder, 0);
    const names = real === null ? undefined : this.#children.get(real);
    return names === undefined ? null : [...names];
  }

  override has(file: string): boolean {
    const real = this.#follow(file, 0);
    return real !== null && (this.#entries.has(real) || this.#children.has(real));
  }

  /** A file below a file is none. */
  #add(entry: TreeEntry): void {
    const place = path.resolve('/', entry.path);
    for (let at = place; at !== '/'; at = path.dirname(at)) {
      const folder = path.dirname(at);
      if (this.#entries.get(folder)?.kind === 'file' || this.#entries.get(folder)?.kind === 'link') return;
    }
    this.#entries.set(place, entry);
    if (entry.kind === 'folder' || entry.kind === 'refusal') this.#children.set(place, new Set());
    for (let at = place; at !== '/'; at = path.dirname(at)) {
      const names = this.#children.get(path.dirname(at)) ?? new Set();
      names.add(path.basename(at));
      this.#children.set(path.dirname(at), names);
    }
  }

  #follow(file: string, links: number): string | null {
    const known = this.#followed.get(file);
    if (known !== undefined) return known;
    const real = this.#walk(file, links);
    this.#followed.set(file, real);
    return real;
  }

  #walk(file: string, links: number): string | null {
    const parts = path.resolve('/', file).split('/').slice(1);
    let at = '/';
    for (const [index, part] of parts.entries()) {
      if (part === '') continue;
      const next = path.join(at, part);
      const entry = this.#entries.get(next);
      if (entry?.kind !== 'link') {
        at = next;
        continue;
      }
      if (links >= MOST_LINKS) return null;
      return this.#follow(path.resolve(at, entry.target, ...parts.slice(index + 1)), links + 1);
    }
    return at;
  }
}
