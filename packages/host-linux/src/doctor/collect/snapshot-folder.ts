import { lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path/posix';

/** As many links as the kernel follows in one path. */
const MOST_LINKS = 40;

/** A folder that becomes a copy of parts of a machine. Links become relative ones that stay inside. */
export class SnapshotFolder {
  readonly #source: string;
  readonly #folder: string;

  /** `source`: the root of the machine; empty for `/`. */
  constructor(source: string, folder: string) {
    this.#source = source;
    this.#folder = folder;
  }

  /** The real place of a path, with the links on the way to it laid out; null: it leads nowhere. */
  resolve(file: string, links = 0): string | null {
    if (file === '/') return '';
    const parent = this.resolve(path.dirname(file), links);
    if (parent === null || links > MOST_LINKS) return null;
    const place = `${parent}/${path.basename(file)}`;
    const target = this.#linkAt(place);
    if (target === null) return place;
    this.link(place, target);
    return this.resolve(path.resolve('/', parent, target), links + 1);
  }

  /** The real place of a path whose own last part is not followed. */
  resolveParent(file: string): string | null {
    const parent = this.resolve(path.dirname(file));
    return parent === null ? null : `${parent}/${path.basename(file)}`;
  }

  /** What the machine has at a real place. */
  kindAt(place: string): 'file' | 'folder' | 'link' | 'nothing' {
    try {
      const stat = lstatSync(`${this.#source}${place}`, { throwIfNoEntry: false });
      if (stat === undefined) return 'nothing';
      if (stat.isSymbolicLink()) return 'link';
      return stat.isDirectory() ? 'folder' : 'file';
    } catch {
      return 'nothing';
    }
  }

  /** Whether something was laid out at a real place. */
  isTaken(place: string): boolean {
    return lstatSync(this.#folder + place, { throwIfNoEntry: false }) !== undefined;
  }

  link(place: string, target: string): void {
    if (this.isTaken(place)) return;
    const inside = path.resolve('/', path.dirname(place), target);
    this.#make(place, () => symlinkSync(path.relative(path.dirname(place), inside), this.#folder + place));
  }

  /** A link to a device, which is looked at and not followed, as it is written. */
  linkAsWritten(place: string, target: string): void {
    this.#make(place, () => symlinkSync(target, this.#folder + place));
  }

  file(place: string, content: Uint8Array): void {
    this.#make(place, () => writeFileSync(this.#folder + place, content, { mode: 0o600 }));
  }

  makeFolder(place: string): void {
    this.#make(place, () => mkdirSync(this.#folder + place, { recursive: true, mode: 0o700 }));
  }

  /** What is there as the machine has it: an empty file or folder, or the link. */
  placeholder(place: string): void {
    const kind = this.kindAt(place);
    if (kind === 'file') this.file(place, Buffer.alloc(0));
    if (kind === 'folder') this.makeFolder(place);
    const target = kind === 'link' ? this.#linkAt(place) : null;
    if (target !== null) this.link(place, target);
  }

  #make(place: string, make: () => void): void {
    if (place === '' || this.isTaken(place)) return;
    mkdirSync(path.dirname(this.#folder + place), { recursive: true, mode: 0o700 });
    make();
  }

  #linkAt(place: string): string | null {
    try {
      return this.kindAt(place) === 'link' ? readlinkSync(`${this.#source}${place}`) : null;
    } catch {
      return null;
    }
  }
}
