import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { supervisorOf } from './systemd.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-notify-'));
after(() => rmSync(folder, { recursive: true }));

test('supervisorOf() tells systemd the beginning of what is longer than a program’s argument may be', async () => {
  // In systemd-notify's place: a file for what it was told.
  const told = path.join(folder, 'told');
  writeFileSync(
    path.join(folder, 'systemd-notify'),
    `#!/bin/sh\necho "$@" > ${told}.next\nmv ${told}.next ${told}\n`,
    {
      mode: 0o755,
    },
  );
  const before = process.env['PATH'];
  process.env['PATH'] = `${folder}:${before}`;
  after(() => {
    process.env['PATH'] = before;
  });
  supervisorOf({ NOTIFY_SOCKET: '/run/nobody' }).ready('VF 0 is held; '.repeat(20_000));
  const read = (): string | null => {
    try {
      return readFileSync(told, 'utf8');
    } catch {
      return null;
    }
  };
  const deadline = performance.now() + 20_000;
  let text = read();
  while (text === null && performance.now() < deadline) {
    await delay(20);
    text = read();
  }
  assert.match(text ?? 'nothing', /^--ready --status=VF 0 is held; .*…\n$/);
});
