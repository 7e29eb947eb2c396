import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findSocket } from './find-socket.ts';
import { LibvirtUnavailable } from './index.ts';

test('findSocket() takes the daemon of the driver before the one for all, and says where it has looked', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'virtfn-lv-'));
  const [own, all] = ['virtqemud-sock', 'libvirt-sock'].map((name) => path.join(folder, 'libvirt', name));
  assert.ok(own !== undefined && all !== undefined);
  const find = (): string => findSocket('qemu:///session', false);
  process.env['XDG_RUNTIME_DIR'] = folder;
  try {
    await mkdir(path.join(folder, 'libvirt'));
    assert.throws(
      find,
      (error) =>
        error instanceof LibvirtUnavailable &&
        error.reason === 'no-socket' &&
        error.message.includes(own) &&
        error.message.includes(all),
    );
    await writeFile(all, '');
    assert.equal(find(), all);
    await writeFile(own, '');
    assert.equal(find(), own);
  } finally {
    await rm(folder, { recursive: true });
  }
});
