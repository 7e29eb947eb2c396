import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { skipWithoutKeystone, startKeystone } from '@virtfn/controller/testing';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const CLIENT = '/usr/bin/openstack';
const skip =
  process.env['CI'] === 'true' || existsSync(CLIENT)
    ? skipWithoutKeystone()
    : 'needs python3-openstackclient';
const run = promisify(execFile);

/** The program with `auth`, in a folder of its own. */
async function startProgram(auth: string, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-openstack-'));
  const config = path.join(folder, 'controller.yaml');
  const text = `version: 1\nlisten: 127.0.0.1:0\nagentLink: { listen: '127.0.0.1:0' }\nstateDir: ${folder}\nvlanRanges: [physnet1:100:199]\nauth: ${auth}\n`;
  await writeFile(config, text);
  const command = (args: readonly string[]): readonly string[] => [PROGRAM, ...args, '--config', config];
  const ask = async (args: readonly string[], input = ''): Promise<string> => {
    const asked = run(process.execPath, command(args));
    asked.child.stdin?.end(input);
    return (await asked).stdout.trim();
  };
  const start = async () => {
    const child = spawn(process.execPath, command(['run']), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const url = /listening on (\S+),/.exec(String(first.value))?.[1];
    assert.ok(url !== undefined, 'it listens');
    return {
      url,
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM');
        await exited;
        await rm(folder, { recursive: true });
      },
    };
  };
  return { ask, start };
}

/** What the client prints as JSON. Nothing of this machine's own configuration is used. */
async function openstack(args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(CLIENT, [...args, '--format', 'json'], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  return JSON.parse(stdout);
}

describe('the stock openstack client', { skip }, () => {
  it('makes and lists networks by password and by token', async () => {
    const program = await startProgram('{ kind: http_basic }');
    await program.ask(['add-user', 'ada', '--role', 'admin'], 'correct horse');
    const token = await program.ask(['create-token', 'reader', '--role', 'reader']);
    await using controller = await program.start();
    const ada = ['--os-auth-type', 'http_basic', '--os-username', 'ada', '--os-endpoint', controller.url];
    const made = (await openstack([
      ...ada,
      '--os-password',
      'correct horse',
      'network',
      'create',
      'blue',
    ])) as { readonly name: string };
    assert.equal(made.name, 'blue');
    const reader = ['--os-auth-type', 'admin_token', '--os-token', token, '--os-endpoint', controller.url];
    const seen = (await openstack([...reader, 'network', 'list'])) as readonly { readonly Name: string }[];
    assert.deepEqual(
      seen.map(({ Name }) => Name),
      ['blue'],
    );
    await assert.rejects(openstack([...reader, 'network', 'create', 'red']), /403/);
    await assert.rejects(openstack([...ada, '--os-password', 'wrong', 'network', 'list']), /401/);
  });

  it('is known by the token that Keystone gives it, and sees what its project may', async () => {
    await using keystone = await startKeystone();
    const { url, service, admin, member } = keystone;
    const program = await startProgram(`{ kind: keystone, url: "${url}" }`, {
      VIRTFN_AUTH_PASSWORD: service.password,
    });
    await using controller = await program.start();
    await keystone.addEndpoint('network', controller.url);
    const domain = ['--os-user-domain-id', 'default', '--os-project-domain-id', 'default'];
    const as = ({ name, password, projectName }: typeof admin): readonly string[] =>
      ['--os-auth-url', url, '--os-username', name, '--os-password', password].concat(domain, [
        '--os-project-name',
        projectName,
      ]);
    await openstack([...as(admin), 'network', 'create', 'mine']);
    await openstack([...as(admin), 'network', 'create', '--share', 'ours']);
    const seen = (await openstack([...as(member), 'network', 'list'])) as readonly {
      readonly Name: string;
    }[];
    assert.deepEqual(
      seen.map(({ Name }) => Name),
      ['ours'],
    );
  });
});
