import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

/**
 * A checkout of its own, with the real launcher, and an npm that installs nothing but writes down that it was called.
 * What `npmBody` says runs in place of `npm ci`.
 */
function makeCheckout(t: TestContext, npmBody: string, script = ''): Checkout {
  const root = mkdtempSync(path.join(tmpdir(), 'virtfn-launch-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, 'tools'));
  mkdirSync(path.join(root, 'bin'));
  for (const file of ['launch.mjs', 'install.mjs']) {
    cpSync(path.join(import.meta.dirname, file), path.join(root, 'tools', file));
  }
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(path.join(root, 'package-lock.json'), lockText('1.0.0'));
  writeFileSync(path.join(root, 'script.ts'), `const args: string[] = process.argv.slice(2);\n${script}`);
  writeFileSync(path.join(root, 'bin/npm'), `#!/bin/sh\necho "$@" >> calls\n${npmBody}\n`, { mode: 0o755 });
  return new Checkout(root);
}

/** A lock file of one package. Its record in node_modules has the same form. */
function lockText(version: string): string {
  return JSON.stringify({ packages: { 'node_modules/demo': { version } } });
}

const installs = `mkdir -p node_modules/demo && echo '{}' > node_modules/demo/package.json`;

class Checkout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  start(...args: string[]): ChildProcess {
    return spawn(process.execPath, ['tools/launch.mjs', 'script.ts', ...args], {
      cwd: this.root,
      env: { ...process.env, PATH: `${this.root}/bin:${process.env['PATH']}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  run(...args: string[]): Promise<Outcome> {
    return ended(this.start(...args));
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  /** How often npm was called, and how. */
  get npmCalls(): readonly string[] {
    const file = this.path('calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
}

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function ended(child: ChildProcess): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text.stderr += part;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
}

/** Resolves once the child has written to stdout. */
function spoken(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.stdout?.once('data', () => resolve()));
}

test('launch installs once, says so on stderr, and says nothing the second time', async (t) => {
  const checkout = makeCheckout(t, installs, 'console.log(JSON.stringify(args));');
  const first = await checkout.run('a', 'b c', '--json');
  assert.match(first.stderr, /^Installing the locked dependencies.*…\nInstalled in \d+ s\.\n$/);
  assert.equal(first.stdout, '["a","b c","--json"]\n');

  const second = await checkout.run();
  assert.deepEqual(second, { code: 0, signal: null, stdout: '[]\n', stderr: '' });
  assert.equal(checkout.npmCalls.length, 1);
  assert.match(checkout.npmCalls[0] ?? '', /^ci .*--loglevel=error/);
});

test('launch installs again when the lock file has changed', async (t) => {
  const checkout = makeCheckout(t, installs);
  await checkout.run();
  writeFileSync(checkout.path('package-lock.json'), lockText('2.0.0'));
  await checkout.run();
  assert.equal(checkout.npmCalls.length, 2);
});

const byHand = [
  { name: 'accepts what npm installed by hand', record: lockText('1.0.0'), present: true, calls: 0 },
  { name: 'replaces another version', record: lockText('0.9.0'), present: true, calls: 1 },
  { name: 'replaces what lacks a package', record: lockText('1.0.0'), present: false, calls: 1 },
  { name: 'replaces what an interruption left', record: '{ "packages": {', present: true, calls: 1 },
];
for (const { name, record, present, calls } of byHand) {
  test(`launch ${name}`, async (t) => {
    const checkout = makeCheckout(t, installs);
    mkdirSync(checkout.path('node_modules/demo'), { recursive: true });
    writeFileSync(checkout.path('node_modules/.package-lock.json'), record);
    if (present) writeFileSync(checkout.path('node_modules/demo/package.json'), '{}');
    assert.equal((await checkout.run()).code, 0);
    assert.equal(checkout.npmCalls.length, calls);
  });
}

test('launch shows why npm failed, says what to do, and installs anew the next time', async (t) => {
  const checkout = makeCheckout(t, 'echo "npm error code ENOTFOUND" >&2; mkdir -p node_modules; exit 1');
  const { code, stdout, stderr } = await checkout.run();
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /npm error code ENOTFOUND/);
  assert.match(stderr, /npm ci ended with code 1\n.*\n {2}ENOTFOUND.*no network/);
  await checkout.run();
  assert.equal(checkout.npmCalls.length, 2);
});

test('two launches at once install once', async (t) => {
  const checkout = makeCheckout(t, `sleep 0.3; ${installs}`);
  const outcomes = await Promise.all([checkout.run(), checkout.run(), checkout.run()]);
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.equal(checkout.npmCalls.length, 1);
});

test('launch takes over the lock of a dead process', async (t) => {
  const checkout = makeCheckout(t, installs);
  const dead = spawn('true');
  await ended(dead);
  mkdirSync(checkout.path('.cache'));
  writeFileSync(checkout.path('.cache/install.lock'), `${dead.pid}`);
  assert.equal((await checkout.run()).code, 0);
  assert.equal(checkout.npmCalls.length, 1);
  assert.equal(existsSync(checkout.path('.cache/install.lock')), false);
});

test('launch ends npm and gives back the lock when it is ended', async (t) => {
  const checkout = makeCheckout(t, 'exec sleep 60');
  const child = checkout.start();
  child.stderr?.once('data', () => child.kill('SIGTERM'));
  const { code, stderr } = await ended(child);
  assert.equal(code, 1);
  assert.match(stderr, /Installation ended by SIGTERM/);
  assert.equal(existsSync(checkout.path('.cache/install.lock')), false);
  assert.equal(existsSync(checkout.path('node_modules/.virtfn-installed.json')), false);
});

test('launch hands signals on and ends as the script ends', async (t) => {
  const script = `
    process.on('SIGTERM', () => process.exit(7));
    if (args[0] === 'wait') setInterval(() => {}, 1000);
    if (args[0] === 'die') process.kill(process.pid, 'SIGKILL');
    console.log('ready');`;
  const checkout = makeCheckout(t, installs, script);
  await checkout.run();

  const waiting = checkout.start('wait');
  const outcome = ended(waiting);
  await spoken(waiting);
  waiting.kill('SIGTERM');
  assert.equal((await outcome).code, 7);
  assert.equal((await checkout.run('die')).signal, 'SIGKILL');
});

test('the stamp names the lock file and the platform', async (t) => {
  const checkout = makeCheckout(t, installs);
  await checkout.run();
  const stamp: unknown = JSON.parse(
    readFileSync(checkout.path('node_modules/.virtfn-installed.json'), 'utf8'),
  );
  const sha256 = createHash('sha256').update(lockText('1.0.0')).digest('hex');
  assert.deepEqual(stamp, { sha256, platform: process.platform, arch: process.arch });
});
