import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KeystoneAdmin, type KeystoneUser } from './keystone-admin.ts';
import { skipWithout } from './required-program.ts';
import { runProgram, type Service, startService } from './service-process.ts';

/** A Keystone of a test's own, with SQLite, a private configuration and one thread. */
export interface Keystone {
  /** `http://127.0.0.1:PORT/v3`; the same after another start. */
  readonly url: string;
  readonly admin: KeystoneUser;
  /** Role `member` in project `demo`. */
  readonly member: KeystoneUser;
  /** Role `reader` in project `demo`. */
  readonly reader: KeystoneUser;
  /** As whom a service asks: role `admin` in project `service`. */
  readonly service: KeystoneUser;
  issueToken(user: KeystoneUser): Promise<string>;
  /** Puts a service into the catalog, by which clients find it: `network`. */
  addEndpoint(type: string, url: string): Promise<void>;
  revokeToken(token: string): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface KeystoneOptions {
  /** How long a token is good, seconds. */
  readonly tokenSeconds?: number;
}

const MANAGE = '/usr/bin/keystone-manage';
const SERVE = '/usr/bin/keystone-wsgi-public';
const ADMIN_PASSWORD = 'secret-of-admin';
const LISTENING = /Available at http:\/\/\S+:(\d+)\//;

/** For node:test's `skip`: false where Keystone is installed. */
export const skipWithoutKeystone = (): string | false => skipWithout(SERVE, 'python3-keystone');

/** Makes a Keystone with four users and starts it. @throws {Error} when it is not installed or does not start */
export async function startKeystone({ tokenSeconds = 3600 }: KeystoneOptions = {}): Promise<Keystone> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-keystone-'));
  await writeFile(path.join(folder, 'keystone.conf'), configuration(folder, tokenSeconds));
  const owner = [`--keystone-user=${process.getuid?.()}`, `--keystone-group=${process.getgid?.()}`];
  const manage = (...args: readonly string[]): Promise<void> =>
    runProgram({ program: MANAGE, args: ['--config-dir', folder, ...args] });
  await manage('db_sync');
  allowReadersBesideWriter(path.join(folder, 'keystone.db'));
  await manage('fernet_setup', ...owner);
  await manage('bootstrap', '--bootstrap-password', ADMIN_PASSWORD);
  const start = (port: string): Promise<Service> =>
    startService(
      {
        program: SERVE,
        args: ['--host', '127.0.0.1', '--port', port],
        env: { ...process.env, OS_KEYSTONE_CONFIG_DIR: folder, PYTHONUNBUFFERED: '1' },
      },
      LISTENING,
    );
  let running = await start('0');
  const port = running.ready[1] ?? '';
  const url = `http://127.0.0.1:${port}/v3`;
  const operator = await KeystoneAdmin.logIn(url, ADMIN_PASSWORD);
  const admin = operator.self;
  const demo = await operator.createProject('demo');
  const member = await operator.createUser('member', 'member', demo);
  const reader = await operator.createUser('reader', 'reader', demo);
  const service = await operator.createUser('virtfn', 'admin', await operator.createProject('service'));
  return {
    url,
    admin,
    member,
    reader,
    service,
    addEndpoint: (type, at) => operator.addEndpoint(type, at),
    issueToken: (user) => operator.issueToken(user),
    revokeToken: (token) => operator.revokeToken(token),
    async start() {
      running = await start(port);
    },
    stop: () => running.end('SIGTERM'),
    async [Symbol.asyncDispose]() {
      await running.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Keystone leaves readings open; in SQLite's first mode those keep it from committing the next change. */
function allowReadersBesideWriter(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
}

/** Names every file of its own, so that nothing of the machine's is used. The cheapest hash: tests log in often. */
const configuration = (folder: string, tokenSeconds: number): string => `[database]
connection = sqlite:///${folder}/keystone.db
[token]
expiration = ${tokenSeconds}
[fernet_tokens]
key_repository = ${folder}/fernet-keys
[identity]
password_hash_rounds = 4
`;
