import { open, readFile, rm } from 'node:fs/promises';
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
  for (;;) {
    const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (handle !== null) {
      await handle.writeFile(JSON.stringify({ pid: process.pid, startedAt } satisfies Holder));
      await handle.close();
      return () => rm(file, { force: true });
    }
    const holder = parseHolder(await readFile(file, 'utf8').catch(() => ''));
    if (holder !== null && (await startOf(holder.pid)) === holder.startedAt) {
      throw new SriovError(
        'JOURNAL_LOCKED',
        `Cannot keep this host: process ${holder.pid} does, by the state in ${folder}`,
        {
          details: { folder, pid: holder.pid },
        },
      );
    }
    await rm(file, { force: true });
  }
}
