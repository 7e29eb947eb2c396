import { globSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { skipWithout } from './required-program.ts';
import { runProgram, type Service, serviceOwner, startService } from './service-process.ts';

/** A PostgreSQL of a test's own. It listens on a UNIX socket in its private folder only. */
export interface Postgres {
  /** `postgresql://…` of an empty database, a new one at each call. */
  createDatabase(): Promise<string>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Ends it in good order: connections are cut, everything is written. */
  stop(): Promise<void>;
  /** Ends it as a power cut would: the next start has to recover. */
  kill(): Promise<void>;
  /** Ends it and removes all that it had. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface PostgresOptions {
  /** Whether a commit waits for the disk. What is tried about durability needs it; all else is faster without. */
  readonly fsync: boolean;
  /** More settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

const USER = 'virtfn';

/** The newest that Debian's packages have installed. */
function findProgram(name: string): string | null {
  const version = (file: string): number => Number(/\/(\d+)\/bin\//.exec(file)?.[1]);
  const found = globSync(`/usr/lib/postgresql/*/bin/${name}`);
  return found.toSorted((a, b) => version(b) - version(a))[0] ?? null;
}

/** For node:test's `skip`: false where PostgreSQL is installed. */
export const skipWithoutPostgres = (): string | false => skipWithout(findProgram('postgres'), 'postgresql');

/** Makes a cluster of its own and starts it. @throws {Error} when PostgreSQL is not installed or does not start */
export async function startPostgres({ fsync, settings = {} }: PostgresOptions): Promise<Postgres> {
  const initdb = findProgram('initdb');
  const program = findProgram('postgres');
  if (initdb === null || program === null)
    throw new Error('Cannot start PostgreSQL: nothing in /usr/lib/postgresql');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-postgres-'));
  const owner = serviceOwner();
  if (owner !== null) await chown(folder, owner.uid, owner.gid);
  const data = path.join(folder, 'data');
  // The words of the log are waited for, so they must be English.
  const env = { ...process.env, LC_ALL: 'C' };
  await runProgram({
    program: initdb,
    args: [`--pgdata=${data}`, `--username=${USER}`, '--auth=trust', '--encoding=UTF8', '--no-sync'],
    env,
    unprivileged: true,
  });
  const all = {
    listen_addresses: '',
    unix_socket_directories: folder,
    max_connections: '200',
    fsync: fsync ? 'on' : 'off',
    // Without it a commit is flushed all the same.
    synchronous_commit: fsync ? 'on' : 'off',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const start = (): Promise<Service> =>
    startService({ program, args, env, unprivileged: true }, /database system is ready to accept/);
  const urlOf = (database: string): string =>
    `postgresql://${USER}@localhost/${database}?host=${encodeURIComponent(folder)}`;

  let service = await start();
  let databases = 0;
  return {
    async createDatabase() {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      await client.connect();
      databases += 1;
      await client.query(`CREATE DATABASE virtfn_${databases}`);
      await client.end();
      return urlOf(`virtfn_${databases}`);
    },
    async start() {
      service = await start();
    },
    // Its own three ways: smart (TERM) waits for clients to leave, fast (INT), immediate (QUIT).
    stop: () => service.end('SIGINT'),
    kill: () => service.end('SIGQUIT'),
    async [Symbol.asyncDispose]() {
      await service.end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
