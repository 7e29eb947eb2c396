import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline/promises';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { makeBundle, staticInputs } from './bundle.ts';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
// Outside the checkout, so that nothing of it is found by accident.
const scratch = mkdtempSync(path.join(os.tmpdir(), 'virtfn-bundle-'));
const folder = path.join(scratch, 'dist');
const virtfn = path.join(folder, 'virtfn');
const env = { ...process.env, NODE_COMPILE_CACHE: path.join(scratch, 'compiled') };
let loadedAtStart: readonly string[] = [];

before(async () => {
  loadedAtStart = staticInputs(await makeBundle(root, folder, process.execPath), 'virtfn');
});
after(() => rmSync(scratch, { recursive: true }));

test('makeBundle() gives a command that prints its version, also by a link', async () => {
  const link = path.join(scratch, 'linked');
  symlinkSync(virtfn, link);
  for (const command of [virtfn, link]) {
    const { stdout, stderr } = await run(command, ['--version'], { env, cwd: scratch });
    assert.deepEqual({ stdout, stderr }, { stdout: `${packageJson.version}\n`, stderr: '' });
  }
  assert.ok(readdirSync(env.NODE_COMPILE_CACHE, { recursive: true }).length > 2, 'compiled code is kept');
});

test('makeBundle() gives a command that reads this machine, in a thread', async () => {
  const { stdout } = await run(virtfn, ['nic', 'list', '--json', '--local'], { env, cwd: scratch });
  const { hosts } = JSON.parse(stdout) as { hosts: readonly { readonly simulated: boolean }[] };
  assert.deepEqual(
    hosts.map(({ simulated }) => simulated),
    [false],
  );
});

test('makeBundle() gives a command that starts controller and agent', async () => {
  const state = path.join(scratch, 'state');
  const up = spawn(virtfn, ['up', '--simulate', '--listen=127.0.0.1:0', `--state-dir=${state}`], {
    env,
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(up, 'exit');
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: up.stdout })) {
      url = /^Listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    assert.ok(url !== undefined, 'it listens');
    const { stdout } = await run(virtfn, ['host', 'list', '--json', `--endpoint=${url}`], {
      env,
      cwd: scratch,
    });
    assert.match(stdout, /"sim-fish-1"/);
  } finally {
    up.kill();
  }
  assert.deepEqual(await ended, [0, null]);
});

test('makeBundle() gives a command whose agent shows its host to a browser', async () => {
  const places = {
    VIRTFN_CONFIG: path.join(scratch, 'host.yaml'),
    VIRTFN_STATE_DIR: path.join(scratch, 'agent-state'),
    VIRTFN_SOCKET: path.join(scratch, 'agent.sock'),
  };
  const agent = spawn(virtfn, ['agent', 'run', '--dashboard-listen=127.0.0.1:0'], {
    env: { ...env, ...places },
    cwd: scratch,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(agent, 'exit');
  try {
    let url: string | undefined;
    for await (const line of createInterface({ input: agent.stdout })) {
      url = /^dashboard on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    assert.ok(url !== undefined, 'it listens');
    assert.match(await (await fetch(url)).text(), /<title>virtfn<\/title>/);
    assert.equal((await fetch(new URL('main.js', url))).status, 200);
  } finally {
    agent.kill();
  }
  assert.deepEqual(await ended, [0, null]);
});

test('the command loads at its start neither schemas nor YAML nor anything for the kernel', () => {
  const expensive = /\/(typebox|yaml|fastify|kysely|koffi|netlink|host-linux|agent)\//;
  assert.deepEqual(
    loadedAtStart.filter((file) => expensive.test(file)),
    [],
  );
  assert.ok(loadedAtStart.some((file) => file.includes('/commander/')));
});
