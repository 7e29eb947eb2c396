import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { skipWithoutPostgres, startPostgres } from './postgres.ts';

/** A place for databases of one kind. */
export interface DatabaseRig {
  /** URL of an empty database, a new one at each call. */
  readonly createDatabase: () => Promise<string>;
  readonly dispose: () => Promise<void>;
}

/** The databases that the store runs on: a suite about what is stored runs on each of them. */
export const DATABASES: readonly {
  readonly name: string;
  readonly skip: string | false;
  readonly open: () => Promise<DatabaseRig>;
}[] = [
  { name: 'SQLite', skip: false, open: sqliteRig },
  { name: 'PostgreSQL', skip: skipWithoutPostgres(), open: postgresRig },
];

async function sqliteRig(): Promise<DatabaseRig> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-sqlite-'));
  let made = 0;
  return {
    createDatabase: async () => `sqlite:${path.join(folder, `${(made += 1)}.db`)}`,
    dispose: () => rm(folder, { recursive: true }),
  };
}

async function postgresRig(): Promise<DatabaseRig> {
  const postgres = await startPostgres({ fsync: false });
  return {
    createDatabase: () => postgres.createDatabase(),
    dispose: () => postgres[Symbol.asyncDispose](),
  };
}
