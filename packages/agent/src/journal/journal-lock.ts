import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SriovError } from '@virtfn/model';

/** Who holds the lock: a process, told apart from a later one of the same number by when it started. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** Field 22 of /proc/PID/stat: the start of the process in clock ticks since boot. Null for no such process. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name before it stands in brackets and may hold spaces.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}

/**
 * Takes the lock of a state folder, so that one agent at a time keeps the host. The lock of a process that is gone is
 * taken over.
 *
 * @returns how to give it back
 * @throws {SriovError} JOURNAL_LOCKED
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'lock');
  const startedAt = (await startOf(process.pid)) ?? '';
  const own = `${file}.${process.pid}.${randomUUID()}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, startedAt } satisfies Holder), {
    flag: 'wx',
    mode: 0o600,
  });
  try {
    for (;;) {
      // Whole from its first moment, and never in the place of another's.
      if (await unlessErrno('EEXIST', link(own, file))) return () => rm(file, { force: true });
      const text = await readFile(file, 'utf8').catch(() => '');
      const holder = parseHolder(text);
      if (holder !== null && (await startOf(holder.pid)) === holder.startedAt) {
        throw new SriovError(
          'JOURNAL_LOCKED',
          `Cannot keep this host: process ${holder.pid} does, by the state in ${folder}`,
          { details: { folder, pid: holder.pid } },
        );
      }
      await removeStale(file, text);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes away the lock that was read, and no other one: who was quicker may have put his own in its place by now. */
async function removeStale(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.${randomUUID()}`;
  if (!(await unlessErrno('ENOENT', rename(file, aside)))) return;
  try {
    if ((await readFile(aside, 'utf8')) !== text) await unlessErrno('EEXIST', link(aside, file));
  } finally {
    await rm(aside, { force: true });
  }
}

/** Whether it was done; false: the system said this instead. */
async function unlessErrno(errno: string, work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === errno) return false;
    throw error;
  }
}
