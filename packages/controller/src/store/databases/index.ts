// The databases that the store runs on.
// What they differ in must not be seen outside of this folder.
import { SriovError } from '@virtfn/model';
import type { Database } from './database.ts';
import { openSqlite } from './sqlite.ts';

export { type Database, DatabaseFailure } from './database.ts';

/**
 * Opens `sqlite:PATH` or `postgresql://…`.
 *
 * @throws {SriovError} CONFIG_INVALID
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length));
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    // Its import costs 40 ms, which only those pay who use it.
    const { openPostgresql } = await import('./postgresql.ts');
    return openPostgresql(url);
  }
  throw new SriovError(
    'CONFIG_INVALID',
    'Cannot open the database: its URL is neither sqlite:PATH nor postgresql://…',
  );
}
