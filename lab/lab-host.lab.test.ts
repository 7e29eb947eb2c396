import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { LabError } from './lab-error.ts';
import { labUnderTest } from './testing.ts';

const lab = labUnderTest();
const host = lab.host('fish-1');
after(() => lab.disconnect());

test('LabHost.exec() passes arguments, input, output and status through as they are', async () => {
  const script = 'cat; printf "%s|" "$@" >&2; exit 7';
  const result = await host.exec(['bash', '-c', script, 'x', 'a b', '"$(id)"', 'ü\n'], { stdin: 'in ü' });
  assert.deepEqual(result, { status: 7, stdout: 'in ü', stderr: 'a b|"$(id)"|ü\n|' });
});

test('LabHost.exec() gives 128 and the signal for a program that was ended by one', async () => {
  assert.equal((await host.exec(['bash', '-c', 'kill -TERM $$'])).status, 143);
});

test('LabHost.exec() fails for a program that does not exist', async () => {
  await assert.rejects(host.exec(['no-such-program']), /ENOENT/);
});

test('LabHost.exec() ends a program and all it has started after the time limit', async () => {
  await assert.rejects(host.exec(['bash', '-c', 'sleep 4242 & sleep 4242'], { timeoutMs: 1000 }), LabError);
  await host.sh('for _ in {1..50}; do pgrep -xf "sleep 4242" || exit 0; sleep 0.1; done; exit 1');
});

test('LabHost.exec() runs programs side by side, over one connection', async () => {
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      host.exec(['bash', '-c', `sleep 0.${at}; seq ${at} 20000 | tail -1; echo ${at}`]),
    ),
  );
  assert.deepEqual(
    results.map(({ stdout }) => stdout),
    Array.from({ length: 8 }, (_, at) => `20000\n${at}\n`),
  );
});

test('LabHost.copyIn() and copyOut() keep every byte', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-lab-'));
  try {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256));
    writeFileSync(path.join(folder, 'there'), bytes);
    await host.copyIn(folder, '/tmp/copied');
    await host.copyIn(path.join(folder, 'there'), '/tmp/copied/again');
    await host.copyOut('/tmp/copied/again', path.join(folder, 'back'));
    assert.deepEqual(readFileSync(path.join(folder, 'back')), bytes);
    await host.sh('cmp /tmp/copied/there /tmp/copied/again; rm -r /tmp/copied');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('LabHost.reboot() brings back a new boot of the same disk, and fails what ran', async () => {
  await host.sh('echo kept > /var/lib/kept; sync');
  const before = await host.run(['cat', '/proc/sys/kernel/random/boot_id']);
  const program = await host.start(['sleep', '1000']);
  await host.reboot();
  await assert.rejects(program.ended, LabError);
  assert.notEqual(await host.run(['cat', '/proc/sys/kernel/random/boot_id']), before);
  assert.equal(await host.run(['cat', '/var/lib/kept']), 'kept\n');
});
