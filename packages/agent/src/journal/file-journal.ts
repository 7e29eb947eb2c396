import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import {
  type AttachmentId,
  type ErrorCode,
  type FdbClaim,
  type MacAddress,
  type PciAddress,
  parseAttachmentId,
  parseMacAddress,
  parsePciAddress,
  SriovError,
} from '@virtfn/model';
import { ClaimTable } from './claim-table.ts';
import { lockFolder } from './journal-lock.ts';
import type { Claim, Journal, Quarantine } from './journal.ts';

/** One line of the file. */
type Entry =
  | { readonly op: 'claim'; readonly pf: string; readonly vfIndex: number; readonly attachmentId: string }
  | { readonly op: 'release'; readonly pf: string; readonly vfIndex: number; readonly attachmentId: string }
  | { readonly op: 'quarantine'; readonly attachmentId: string; readonly quarantine: Quarantine | null }
  | { readonly op: 'claim-fdb' | 'release-fdb'; readonly pf: string; readonly mac: string };

/** Lines in the file, beyond those of the live claims, after which it is written anew. */
const COMPACT_AFTER = 1000;

/**
 * The journal in one file of JSON lines, each flushed to the disk before its promise resolves. A last line that is
 * cut off (power failure in mid-write) was never promised to anybody and is dropped; any other damage is an error.
 */
export class FileJournal implements Journal {
  readonly #file: string;
  #table: ClaimTable;
  #handle: FileHandle;
  #lines: number;
  #queue: Promise<void> = Promise.resolve();
  /** Whether the file may end in the middle of a line, or is not the one that is written to: it is made anew first. */
  #isTorn = false;

  readonly #unlock: () => Promise<void>;

  private constructor(
    file: string,
    handle: FileHandle,
    table: ClaimTable,
    lines: number,
    unlock: () => Promise<void>,
  ) {
    this.#unlock = unlock;
    this.#file = file;
    this.#handle = handle;
    this.#table = table;
    this.#lines = lines;
  }

  /** Opens or makes `journal.jsonl` in `folder`, for one process at a time. @throws {SriovError} JOURNAL_DAMAGED, JOURNAL_LOCKED, PERMISSION_DENIED */
  static async open(folder: string): Promise<FileJournal> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const unlock = await lockFolder(folder);
      try {
        return await FileJournal.#read(path.join(folder, 'journal.jsonl'), unlock);
      } catch (error) {
        await unlock();
        throw error;
      }
    } catch (error) {
      throw deniedOr(error, folder);
    }
  }

  /**
   * The claims in `folder` as they are now, without a lock, for somebody who only looks. Empty where there is no journal,
   * or none that this user may read.
   *
   * @throws {SriovError} JOURNAL_DAMAGED
   */
  static async readClaims(folder: string): Promise<readonly Claim[]> {
    const { table } = await readTable(path.join(folder, 'journal.jsonl'), ['ENOENT', 'EACCES']);
    return table.list();
  }

  static async #read(file: string, unlock: () => Promise<void>): Promise<FileJournal> {
    const { table, lines } = await readTable(file, ['ENOENT']);
    const journal = new FileJournal(file, await open(file, 'a', 0o600), table, lines, unlock);
    await journal.#compact();
    return journal;
  }

  claims(): readonly Claim[] {
    return this.#table.list();
  }

  claim(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void> {
    return this.#commit({ op: 'claim', pf, vfIndex, attachmentId }, (table) =>
      table.claim(pf, vfIndex, attachmentId),
    );
  }

  release(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void> {
    return this.#commit({ op: 'release', pf, vfIndex, attachmentId }, (table) =>
      table.release(pf, vfIndex, attachmentId),
    );
  }

  quarantine(attachmentId: AttachmentId, quarantine: Quarantine | null): Promise<void> {
    return this.#commit({ op: 'quarantine', attachmentId, quarantine }, (table) =>
      table.quarantine(attachmentId, quarantine),
    );
  }

  fdbClaims(): readonly FdbClaim[] {
    return this.#table.listFdb();
  }

  claimFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void> {
    return this.#commit({ op: 'claim-fdb', pf, mac }, (table) => table.claimFdb(pf, mac));
  }

  releaseFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void> {
    return this.#commit({ op: 'release-fdb', pf, mac }, (table) => table.releaseFdb(pf, mac));
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#handle.close();
    await this.#unlock();
  }

  /**
   * One change at a time: tried on a copy, written, flushed, and only then true. What could not be written is not
   * believed either, and what of it stands in the file (a disk that is full cuts lines) is gone before the next.
   */
  #commit(entry: Entry, change: (table: ClaimTable) => boolean): Promise<void> {
    const committed = this.#queue.then(async () => {
      const next = this.#table.copy();
      if (!change(next)) return;
      if (this.#isTorn) await this.#compact();
      this.#isTorn = true;
      await this.#handle.appendFile(`${JSON.stringify(entry)}\n`);
      await this.#handle.datasync();
      this.#isTorn = false;
      this.#table = next;
      this.#lines += 1;
      const live = this.#table.list().length + this.#table.listFdb().length;
      // The change is on the disk, whatever becomes of this: it is tried again before the next.
      if (this.#lines > COMPACT_AFTER + 2 * live) await this.#compact().catch(() => {});
    });
    // A failed change is its caller's error; the next one is tried all the same.
    this.#queue = committed.catch(() => {});
    return committed;
  }

  /** Writes the live claims to a new file and puts it in the place of the old one. */
  async #compact(): Promise<void> {
    const entries: Entry[] = [];
    for (const { pf, vfIndex, attachmentId, quarantine } of this.#table.list()) {
      entries.push({ op: 'claim', pf, vfIndex, attachmentId });
      if (quarantine !== null) entries.push({ op: 'quarantine', attachmentId, quarantine });
    }
    for (const { pf, mac } of this.#table.listFdb()) entries.push({ op: 'claim-fdb', pf, mac });
    const next = `${this.#file}.next`;
    {
      await using handle = await open(next, 'w', 0o600);
      await handle.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      await handle.sync();
    }
    // From here on the file that is written to is the old one.
    this.#isTorn = true;
    await rename(next, this.#file);
    {
      await using folder = await open(path.dirname(this.#file), 'r');
      await folder.sync();
    }
    const before = this.#handle;
    this.#handle = await open(this.#file, 'a', 0o600);
    this.#lines = entries.length;
    this.#isTorn = false;
    await before.close();
  }
}

const DENIED: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What the system refuses to this user is for him to mend; all else is as it was. */
function deniedOr(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (!DENIED.has(code)) return error;
  return new SriovError(
    'PERMISSION_DENIED',
    `Cannot keep this host: the system answered ${code} for ${folder}`,
    {
      details: { folder },
      cause: error,
    },
  );
}

/** `forgiven`: errors of the system that stand for an empty journal. */
async function readTable(
  file: string,
  forgiven: readonly string[],
): Promise<{ readonly table: ClaimTable; readonly lines: number }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (forgiven.includes(error.code ?? '')) return '';
    throw error;
  });
  const table = new ClaimTable();
  const lines = text.split('\n');
  // What stands behind the last newline was cut off in mid-write.
  lines.pop();
  for (const [index, line] of lines.entries()) replay(table, line, file, index + 1);
  return { table, lines: lines.length };
}

function replay(table: ClaimTable, line: string, file: string, lineNumber: number): void {
  try {
    const entry = JSON.parse(line) as Entry;
    switch (entry.op) {
      case 'claim':
        table.claim(
          parsePciAddress(entry.pf),
          parseIndex(entry.vfIndex),
          parseAttachmentId(entry.attachmentId),
        );
        return;
      case 'release':
        table.release(
          parsePciAddress(entry.pf),
          parseIndex(entry.vfIndex),
          parseAttachmentId(entry.attachmentId),
        );
        return;
      case 'quarantine':
        table.quarantine(parseAttachmentId(entry.attachmentId), parseQuarantine(entry.quarantine));
        return;
      case 'claim-fdb':
        table.claimFdb(parsePciAddress(entry.pf), parseMacAddress(entry.mac));
        return;
      case 'release-fdb':
        table.releaseFdb(parsePciAddress(entry.pf), parseMacAddress(entry.mac));
        return;
      default:
        throw new TypeError('the line has no known operation');
    }
  } catch (error) {
    throw new SriovError('JOURNAL_DAMAGED', `Cannot read journal ${file}: line ${lineNumber} is damaged`, {
      details: { file, line: lineNumber },
      cause: error,
    });
  }
}

function parseIndex(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new TypeError('the VF number is not a whole number');
}

function parseQuarantine(value: unknown): Quarantine | null {
  if (value === null) return null;
  const { code, message } = value as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string')
    throw new TypeError('the quarantine has no code');
  return { code: code as ErrorCode, message };
}
