import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { skipWithoutPostgres, startPostgres } from '@virtfn/controller/testing';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const LISTENING = /listening on (http:\/\/127\.0\.0\.1:\d+)/;

describe('the controller program', () => {
  let folder: string;
  let config: string;
  let running: ChildProcess[];
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-controller-program-'));
    config = path.join(folder, 'controller.yaml');
    running = [];
  });
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const configure = (rest: string): Promise<void> =>
    writeFile(
      config,
      `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\n${rest}`,
    );
  const begin = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
    const child = spawn(process.execPath, [PROGRAM, ...args, '--config', config], {
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
    running.push(child);
    return child;
  };
  const run = async (args: readonly string[], input = '') => {
    const child = begin(args);
    child.stdin?.end(input);
    assert.ok(child.stdout !== null && child.stderr !== null);
    const [out, err, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<readonly (number | string | null)[]>,
    ]);
    return { out, err, status };
  };
  /** A controller, and what it logs from here on. */
  const start = async (env: NodeJS.ProcessEnv = {}, more: readonly string[] = []) => {
    const child = begin(['run', ...more], env);
    assert.ok(child.stdout !== null);
    const lines = createInterface({ input: child.stdout });
    const log = lines[Symbol.asyncIterator]();
    const first = await log.next();
    const url = LISTENING.exec(String(first.value))?.[1];
    assert.ok(url !== undefined, 'it listens');
    const exited = once(child, 'exit') as Promise<readonly (number | string | null)[]>;
    return { child, url, log, exited };
  };
  const ask = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    (await fetch(`${url}/virtfn/v1/hosts`, { headers })).status;
  const basic = (name: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  });

  it('knows users and tokens, takes new ones while it runs, and ends in good order', async () => {
    const users = path.join(folder, 'users');
    await configure(`auth: { kind: http_basic, usersFile: ${users} }\n`);
    const added = await run(['add-user', 'ada', '--role', 'admin'], 'correct horse\n');
    assert.equal(added.status, 0, added.err);
    assert.equal((await stat(users)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(users, 'utf8')).includes('correct horse'));
    const { child, url, log, exited } = await start();
    assert.equal(await ask(url), 401);
    assert.equal(await ask(url, basic('ada', 'correct horse')), 200);
    assert.equal(await ask(url, basic('bob', 'battery staple')), 401);

    await run(['add-user', 'bob', '--role', 'reader'], 'battery staple');
    child.kill('SIGHUP');
    assert.equal((await log.next()).value, 'reloaded');
    assert.equal(await ask(url, basic('bob', 'battery staple')), 403);

    await writeFile(users, 'ada:broken', { flag: 'a' });
    child.kill('SIGHUP');
    assert.match(
      String((await log.next()).value),
      /^not reloaded, all stays as it was: Cannot read .*users:3/,
    );
    assert.equal(await ask(url, basic('ada', 'correct horse')), 200);

    const token = (await run(['create-token', 'deploy', '--role', 'admin'])).out.trim();
    assert.equal(await ask(url, { 'x-auth-token': token }), 200);
    const list = await run(['list-tokens', '--json']);
    assert.match(list.out, /"name": "deploy"/);
    assert.ok(!list.out.includes(token) && !list.out.includes('hash'));
    assert.equal((await run(['revoke-token', 'deploy'])).status, 0);
    const again = await run(['revoke-token', 'deploy']);
    assert.equal(again.status, 1);
    assert.match(again.err, /Cannot revoke token "deploy": there is none of this name/);

    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(fetch(url));
  });

  it('goes on with what the configuration says now, and tells what it cannot change', async () => {
    await configure('mtu: 1500\n');
    const { child, url, log, exited } = await start();
    const mtuOfNew = async (): Promise<unknown> => {
      const body = JSON.stringify({
        network: { 'provider:network_type': 'flat', 'provider:physical_network': 'wire' },
      });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v2.0/networks`, { method: 'POST', headers, body });
      const { network } = (await answer.json()) as {
        readonly network?: { readonly mtu: number; readonly id: string };
      };
      if (network !== undefined) await fetch(`${url}/v2.0/networks/${network.id}`, { method: 'DELETE' });
      return network?.mtu ?? answer.status;
    };
    assert.equal(await mtuOfNew(), 400, 'nobody has said that there is such a wire');
    await configure('mtu: 1500\nvlanRanges: [wire:2:3]\n');
    child.kill('SIGHUP');
    assert.equal((await log.next()).value, 'reloaded');
    assert.equal(await mtuOfNew(), 1500);
    await configure('mtu: 9000\nvlanRanges: [wire:2:3]\nauth: { kind: tokens }\n');
    child.kill('SIGHUP');
    assert.equal((await log.next()).value, 'reloaded; holds from the next start only: auth');
    assert.equal(await mtuOfNew(), 9000);
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [0, null]);
  });

  it('backs its database up while it runs, and restores it only when it does not', async () => {
    await configure('auth: { kind: tokens }\n');
    const copy = path.join(folder, 'copy.db');
    const { child, url, exited } = await start();
    const kept = (await run(['create-token', 'kept', '--role', 'admin'])).out.trim();
    assert.equal((await run(['backup', copy])).status, 0);
    assert.equal((await stat(copy)).mode & 0o777, 0o600);
    assert.match((await run(['backup', copy])).err, /is there already/);
    const later = (await run(['create-token', 'later', '--role', 'admin'])).out.trim();
    assert.equal(await ask(url, { 'x-auth-token': later }), 200);
    assert.match((await run(['restore', copy])).err, /a controller has .* open/);
    assert.equal(await ask(url, { 'x-auth-token': kept }), 200);
    child.kill('SIGTERM');
    await exited;

    await writeFile(path.join(folder, 'broken.db'), (await readFile(copy)).subarray(0, 5000));
    assert.notEqual((await run(['restore', path.join(folder, 'broken.db')])).status, 0);
    const restored = await run(['restore', copy]);
    assert.equal(restored.status, 0, restored.err);
    const before = /What was there is (\S+)/.exec(restored.out)?.[1] ?? '';
    const again = await start();
    assert.equal(await ask(again.url, { 'x-auth-token': kept }), 200);
    assert.equal(await ask(again.url, { 'x-auth-token': later }), 401);
    again.child.kill('SIGTERM');
    await again.exited;
    assert.equal((await run(['restore', before])).status, 0, 'the way back');
    assert.match((await run(['list-tokens'])).out, /later/);
  });

  it('serves no fleet by an authority that its hosts do not know, unless that is wanted', async () => {
    await configure('');
    const first = await start();
    first.child.kill('SIGTERM');
    await first.exited;
    // As a second controller has it that was not given the first one's.
    await rm(path.join(folder, 'fleet-authority.pem'));
    const refused = await run(['run']);
    assert.equal(refused.status, 2);
    assert.match(
      refused.err,
      /the fleet in this database has another authority.*Copy fleet-authority\.pem/su,
    );
    for (const more of [['--new-authority'], []]) {
      const again = await start({}, more);
      again.child.kill('SIGTERM');
      await again.exited;
    }
  });

  it('ends when it cannot listen, and says why', async () => {
    await configure('');
    const first = await start();
    await writeFile(
      config,
      `version: 1\nlisten: ${new URL(first.url).host}\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\n`,
    );
    const refused = await run(['run']);
    assert.equal(refused.status, 1);
    assert.match(refused.err, /Cannot listen on 127\.0\.0\.1:\d+: the system answered EADDRINUSE/);
    assert.equal(await ask(first.url, {}), 200, 'the other one goes on');
  });

  const refusals: readonly {
    name: string;
    given: string;
    args: readonly string[];
    input?: string;
    says: RegExp;
  }[] = [
    {
      name: 'a configuration that is none',
      given: 'port: 1',
      args: ['run'],
      says: /controller\.yaml:5:7: port is no field/,
    },
    {
      name: 'a users file that is not there',
      given: 'auth: { kind: http_basic, usersFile: /nowhere/users }',
      args: ['run'],
      says: /Cannot read \/nowhere\/users: the system answered ENOENT/,
    },
    {
      name: 'Keystone without a password',
      given: 'auth: { kind: keystone, url: "http://127.0.0.1:5000" }',
      args: ['run'],
      says: /there is no password/,
    },
    { name: 'a user where there are none', given: '', args: ['add-user', 'ada'], says: /auth\.kind is none/ },
    {
      name: 'a short password',
      given: 'auth: { kind: http_basic, usersFile: /nowhere/users }',
      args: ['add-user', 'ada'],
      input: 'short',
      says: /has 5 characters/,
    },
    {
      name: 'a token for no time',
      given: '',
      args: ['create-token', 'x', '--expires-in-days', '0'],
      says: /no number of days/,
    },
    {
      name: 'a copy of a PostgreSQL, whose own program it names',
      given: 'database: { url: "postgresql://virtfn@db/virtfn" }',
      args: ['backup', '/x'],
      says: /Run: pg_dump --format=custom --file=\/x postgresql:\/\/virtfn@db\/virtfn/,
    },
    { name: 'what it does not know', given: '', args: ['fly'], says: /there is no such command/ },
  ];
  for (const { name, given, args, input, says } of refusals) {
    it(`refuses ${name}, and starts nothing`, async () => {
      await configure(given);
      const { err, out, status } = await run(args, input);
      assert.match(err, says);
      assert.equal(status, 2);
      assert.equal(out, '');
    });
  }

  it('is ready only while its PostgreSQL answers', { skip: skipWithoutPostgres() }, async () => {
    await using postgres = await startPostgres({ fsync: false });
    await configure(`auth: { kind: tokens }\ndatabase: { url: "${await postgres.createDatabase()}" }\n`);
    const { child, url, exited } = await start({ VIRTFN_DATABASE_PASSWORD: 'not/asked@for' });
    const ready = async (): Promise<number> => (await fetch(`${url}/readyz`)).status;
    assert.equal(await ready(), 200);
    await postgres.stop();
    assert.equal(await ready(), 503);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    await postgres.start();
    assert.equal(await ready(), 200);
    child.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
  });
});
