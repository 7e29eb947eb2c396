import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import path from 'node:path/posix';

/** sysfs gives at most one page. */
const PAGE = 4096;
/** As many links as the kernel follows in one path (MAXSYMLINKS). */
const MOST_LINKS = 40;
const CHUNK = 64 << 10;

/** Shared by all readers: reading is synchronous, so nobody can come in between. */
const chunk = Buffer.allocUnsafe(CHUNK);

/**
 * Files, links and folders below one root: `/` for this machine, or a folder with a copy of another one's
 * `/sys` and `/proc`. Paths are absolute as on that machine; no link leads out of the root.
 *
 * Every refusal is `null`: a file may be missing (ENOENT), have nothing to say (carrier of an interface that is down:
 * EINVAL; phys_port_name: EOPNOTSUPP, K12), or belong to a device that goes away meanwhile (EIO, ENODEV).
 *
 * Remembers where links lead, so one reader serves one look and is then thrown away.
 */
export class SysfsReader {
  /** Empty for `/`, where the kernel follows the links. */
  readonly #prefix: string;
  readonly #resolved = new Map<string, string | null>();

  constructor(root = '/') {
    const absolute = path.resolve(root);
    this.#prefix = absolute === '/' ? '' : absolute;
  }

  /** Whether this is the running machine, and no copy of one. */
  get isLive(): boolean {
    return this.#prefix === '';
  }

  /** The text of a file without white space around it. */
  text(file: string, limit = PAGE): string | null {
    return this.bytes(file, limit)?.toString('utf8').trim() ?? null;
  }

  /** At most `limit` bytes of a file. Never waits: pipes and the like are empty. */
  bytes(file: string, limit = PAGE): Buffer | null {
    const real = this.#follow(file);
    if (real === null) return null;
    return orNull(() => {
      const fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        return readUpTo(fd, limit);
      } finally {
        closeSync(fd);
      }
    });
  }

  /** Whether it reads the running machine, and not a copy of another. */
  get isThisMachine(): boolean {
    return this.#prefix === '';
  }

  /** Where a link points, as it is written there. */
  link(file: string): string | null {
    const folder = this.#follow(path.dirname(file));
    return folder === null ? null : orNull(() => readlinkSync(path.join(folder, path.basename(file))));
  }

  /** The last part of a link's target: what most links of sysfs are there to tell. */
  linkName(file: string): string | null {
    const target = this.link(file);
    return target === null ? null : path.basename(target);
  }

  /** The names in a folder, in no order. */
  list(folder: string): readonly string[] | null {
    const real = this.#follow(folder);
    return real === null ? null : orNull(() => readdirSync(real));
  }

  /** A number that no other file or folder of the machine has, nor one that comes later at the same place. */
  identity(file: string): bigint | null {
    const real = this.#follow(file);
    return real === null ? null : orNull(() => statSync(real, { bigint: true }).ino);
  }

  has(file: string): boolean {
    const real = this.#follow(file);
    return real !== null && existsSync(real);
  }

  #follow(file: string): string | null {
    if (this.#prefix === '') return file;
    const inside = this.#resolve(path.resolve('/', file), 0);
    return inside === null ? null : this.#prefix + inside;
  }

  /** The same place without a link in its path. An absolute target starts at the root, and `..` stops there. */
  #resolve(file: string, links: number): string | null {
    if (file === '/') return '';
    const known = this.#resolved.get(file);
    if (known !== undefined) return known;
    if (links > MOST_LINKS) return null;
    const place = this.#resolveLast(file, links);
    this.#resolved.set(file, place);
    return place;
  }

  #resolveLast(file: string, links: number): string | null {
    const folder = this.#resolve(path.dirname(file), links);
    if (folder === null) return null;
    const place = `${folder}/${path.basename(file)}`;
    const target = orNull(() => {
      const stat = lstatSync(this.#prefix + place, { throwIfNoEntry: false });
      return stat?.isSymbolicLink() === true ? readlinkSync(this.#prefix + place) : null;
    });
    return target === null ? place : this.#resolve(path.resolve('/', folder, target), links + 1);
  }
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function readUpTo(fd: number, limit: number): Buffer {
  const parts: Buffer[] = [];
  let left = limit;
  while (left > 0) {
    const count = readSync(fd, chunk, 0, Math.min(left, CHUNK), null);
    if (count === 0) break;
    parts.push(Buffer.from(chunk.subarray(0, count)));
    left -= count;
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
