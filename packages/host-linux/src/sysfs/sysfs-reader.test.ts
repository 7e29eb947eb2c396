import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { layOutTree } from '../testing/tree-loader.ts';
import { SysfsReader } from './sysfs-reader.ts';

test('SysfsReader reads text, bytes, links and folders below its root', (t) => {
  const reader = new SysfsReader(
    layOutTree(t, '/sys/a/file =  word \n/sys/a/raw : 00 ff 10\n/sys/b -> a\n/sys/a/up -> ../../sys/a/file'),
  );
  assert.equal(reader.text('/sys/a/file'), 'word');
  assert.equal(reader.text('/sys/b/up'), 'word');
  assert.deepEqual([...(reader.bytes('/sys/b/raw') ?? [])], [0, 255, 16]);
  assert.equal(reader.bytes('/sys/a/raw', 2)?.length, 2);
  assert.equal(reader.linkName('/sys/b/up'), 'file');
  assert.deepEqual(reader.list('/sys/b')?.toSorted(), ['file', 'raw', 'up']);
  assert.equal(reader.has('/sys/b/raw'), true);
});

test('SysfsReader gives null for what is missing, refuses to be read, or is something else', (t) => {
  const reader = new SysfsReader(layOutTree(t, '/sys/carrier ! EINVAL\n/sys/file = 1\n/sys/lost -> nowhere'));
  assert.equal(reader.text('/sys/none'), null);
  assert.equal(reader.text('/sys/carrier'), null);
  assert.equal(reader.text('/sys/lost'), null);
  assert.equal(reader.link('/sys/file'), null);
  assert.equal(reader.list('/sys/file'), null);
  assert.equal(reader.list('/sys/none'), null);
  assert.equal(reader.has('/sys/lost'), false);
});

test('SysfsReader follows no link out of its root', (t) => {
  const root = layOutTree(t, '/sys/in = inside\n/etc/hostname = inside\n/sys/abs -> /etc/hostname');
  const outside = layOutTree(t, '/secret = outside');
  writeFileSync(path.join(path.dirname(root), 'virtfn-secret-of-test'), 'outside');
  t.after(() => rmSync(path.join(path.dirname(root), 'virtfn-secret-of-test')));
  symlinkSync('../../virtfn-secret-of-test', path.join(root, 'sys/climbs'));
  symlinkSync(path.join(outside, 'secret'), path.join(root, 'sys/leaves'));
  symlinkSync(outside, path.join(root, 'sys/folder'));
  symlinkSync('round', path.join(root, 'sys/round'));
  const reader = new SysfsReader(root);
  assert.equal(reader.text('/sys/abs'), 'inside');
  assert.equal(reader.text('/sys/climbs'), null);
  assert.equal(reader.text('/sys/leaves'), null);
  assert.equal(reader.text('/sys/folder/secret'), null);
  assert.equal(reader.list('/sys/folder'), null);
  assert.equal(reader.text('/sys/../../virtfn-secret-of-test'), null);
  assert.equal(reader.text('/sys/round'), null);
});

test('SysfsReader does not wait at a pipe', (t) => {
  const root = layOutTree(t, '/sys/a = 1');
  const pipe = path.join(root, 'sys/pipe');
  execFileSync('/bin/sh', ['-c', `mkfifo '${pipe}'`]);
  assert.equal(new SysfsReader(root).text('/sys/pipe'), '');
});

test('SysfsReader takes every refusal of the real kernel for null', (t) => {
  const reader = new SysfsReader();
  const netdevs = reader.list('/sys/class/net') ?? [];
  if (netdevs.length === 0) return t.skip('no network interface to be seen');
  const answers = netdevs.flatMap((netdev) =>
    (reader.list(`/sys/class/net/${netdev}`) ?? []).map((name) =>
      reader.text(`/sys/class/net/${netdev}/${name}`),
    ),
  );
  assert.ok(answers.some((answer) => answer !== null));
  // A folder (`queues`) at least, and on lo also `speed` and `phys_port_name`.
  assert.ok(answers.includes(null));
});
