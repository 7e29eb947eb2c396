import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import type { Schema } from '../schema.ts';
import { type Database, DatabaseFailure } from './database.ts';

/** Compiling a statement costs as much as running it; a controller has some hundred of them. */
const MOST_STATEMENTS = 500;

/**
 * Opens the SQLite that Node brings, making file and folder where they are missing. WAL lets readers go on while one
 * writes; synchronous FULL puts a commit on the disk before it is answered.
 */
export function openSqlite(file: string): Database {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const writer = new DatabaseSync(file, { timeout: 5000 });
  writer.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  // A page that many commits write comes into the database once a checkpoint: at each 16 MB of log, not 4.
  writer.exec('PRAGMA wal_autocheckpoint = 4000;');
  const reader = new DatabaseSync(file, { timeout: 5000 });
  reader.exec('PRAGMA query_only = ON;');
  const databases = {
    writer: new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(writer) }) }),
    reader: new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(reader) }) }),
  };
  return {
    ...databases,
    announce: async () => {},
    listen: () => {},
    close: async () => {
      await databases.reader.destroy();
      await databases.writer.destroy();
      // Kysely opens its side with the first query; before that there is nothing for it to close.
      for (const database of [reader, writer]) if (database.isOpen) database.close();
    },
  };
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new DatabaseFailure(error, 'undone');
  }
}

/** Node's statements take parameters one by one, Kysely hands them over as a list. */
function adapt(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  const compile = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    const inputs = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => guarded(() => statement.all(...inputs(parameters))),
      run: (parameters) => guarded(() => statement.run(...inputs(parameters))),
      iterate: (parameters) => statement.iterate(...inputs(parameters)),
    };
  };
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const [oldest] = statements.keys();
      if (statements.size >= MOST_STATEMENTS && oldest !== undefined) statements.delete(oldest);
      const statement = guarded(() => compile(sql));
      statements.set(sql, statement);
      return statement;
    },
  };
}
