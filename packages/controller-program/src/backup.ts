import { constants, copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import type { ControllerConfig } from '@virtfn/contract/controller-config';
import { beginHistory, openDatabase, Store } from '@virtfn/controller';
import { SriovError } from '@virtfn/model';

/**
 * Copies the database to a file, as it is at one moment, while controllers go on.
 *
 * @returns what to tell
 * @throws {SriovError} REQUEST_INVALID, STORE_FAILED
 */
export async function backUp({ database }: ControllerConfig, file: string): Promise<string> {
  const source = sqliteFile(database.url, `pg_dump --format=custom --file=${file || 'FILE'} ${database.url}`);
  if (file === '') throw refuse('back up', 'no file is named to write to');
  if (await isThere(file)) throw refuse('back up', `${file} is there already, and is not written over`);
  if (!(await isThere(source))) throw refuse('back up', `there is no ${source}`);
  const next = `${file}.next`;
  await rm(next, { force: true });
  // Made with these rights before anything is in it: hashes of tokens are nobody else's business.
  await (await open(next, 'wx', 0o600)).close();
  await guarded('back up', async () => {
    const from = new DatabaseSync(source, { readOnly: true });
    try {
      await backup(from, next);
    } finally {
      from.close();
    }
    checkWhole(next, 'back up');
  }).catch(async (error: unknown) => {
    await rm(next, { force: true });
    throw error;
  });
  await flush(next);
  await rename(next, file);
  return `${source} is copied to ${file}. Keep fleet-authority.pem and the users file of ${source.replace(/\/[^/]*$/, '')} as well`;
}

/**
 * Puts a copy in the place of the database, while no controller runs. What was there is kept beside it.
 *
 * @returns what to tell
 * @throws {SriovError} REQUEST_INVALID, STORE_FAILED
 */
export async function restore({ database }: ControllerConfig, file: string, now: Date): Promise<string> {
  const target = sqliteFile(
    database.url,
    `pg_restore --clean --if-exists --dbname=${database.url} ${file || 'FILE'}`,
  );
  if (file === '' || !(await isThere(file))) throw refuse('restore', `there is no file "${file}"`);
  const next = `${target}.next`;
  await rm(next, { force: true });
  await copyFile(file, next, constants.COPYFILE_EXCL);
  const kept = `${target}.before-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
  const hadOne = await isThere(target);
  try {
    await guarded('restore', async () => {
      checkWhole(next, 'restore');
      if (hadOne) closeLog(target);
      await goOnAbove(next, Math.max(hadOne ? lastRevision(target) : 0, revisionOfTime(now)), now);
    });
    await flush(next);
    if (hadOne) await copyFile(target, kept, constants.COPYFILE_EXCL);
    // A log that is left of what was there would be taken for one of the copy.
    for (const log of ['-wal', '-shm'])
      if (await isThere(`${target}${log}`)) await rename(`${target}${log}`, `${kept}${log}`);
    await rename(next, target);
  } catch (error) {
    for (const log of ['', '-wal', '-shm']) await rm(`${next}${log}`, { force: true });
    throw error;
  }
  return `${file} is the database now.${hadOne ? ` What was there is ${kept}` : ''}`;
}

function sqliteFile(url: string, command: string): string {
  if (url.startsWith('sqlite:')) return url.slice('sqlite:'.length);
  throw new SriovError(
    'REQUEST_INVALID',
    'Cannot copy the database: PostgreSQL has programs of its own for that',
    {
      hint: `Run: ${command}`,
    },
  );
}

const refuse = (action: string, why: string): SriovError =>
  new SriovError('REQUEST_INVALID', `Cannot ${action} the database: ${why}`, {
    hint: 'docs/operators/run-a-controller.md shows the commands',
  });

async function guarded(action: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof SriovError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SriovError('STORE_FAILED', `Cannot ${action} the database: ${why}`, { cause });
  }
}

/** A copy that cannot be read, or of something else, is found now and not when it is needed. */
function checkWhole(file: string, action: string): void {
  const copy = new DatabaseSync(file);
  try {
    const [check] = copy.prepare('PRAGMA integrity_check').all();
    const ours = copy.prepare("SELECT name FROM sqlite_master WHERE name = 'last_revision'").all();
    if (check?.['integrity_check'] !== 'ok' || ours.length === 0)
      throw refuse(action, `${file} is no whole database of a controller`);
    // A copy has one file only.
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Of SQLite: the file is broken, or no database. */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

/** Brings all that is in the log into the file itself. SQLite does so only for whoever is alone. */
function closeLog(file: string): void {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } catch (cause) {
    // Nobody has it open, then, and it is kept as it is.
    if (cause instanceof Error && 'errcode' in cause && BROKEN.has(cause.errcode)) return;
    throw new SriovError('REQUEST_INVALID', `Cannot restore the database: a controller has ${file} open`, {
      hint: 'Stop it first: systemctl stop virtfn-controller',
      cause,
    });
  } finally {
    database.close();
  }
}

function lastRevision(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare('SELECT revision FROM last_revision').get();
    return Number(row?.['revision'] ?? 0);
  } catch {
    // It is no controller's, or broken: the time has to do.
    return 0;
  } finally {
    database.close();
  }
}

/**
 * A number that no write can have had by now, whatever became of the database that counted them: what is in its place may
 * be an empty one that a controller has made since. Writes are counted one by one, or from such a number, and none does
 * 100,000 of them a second. Until 2286 it has the 15 digits that a revision may have.
 */
const revisionOfTime = (now: Date): number => now.getTime() * 100;

/** Agents and listeners keep the last revision that they were told, and would take what comes below it for old. */
async function goOnAbove(file: string, revision: number, now: Date): Promise<void> {
  const store = await Store.open({ database: await openDatabase(`sqlite:${file}`), now: () => now });
  try {
    await store.write('begin the history of a restored database', (write) =>
      beginHistory(write, revision + 1),
    );
  } finally {
    await store.close();
  }
  closeLog(file);
}

const isThere = async (file: string): Promise<boolean> => (await stat(file).catch(() => null)) !== null;

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
