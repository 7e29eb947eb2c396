import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { BuildCache, cacheFolder, keyOf, type Layer } from './build-cache.ts';
import { orderModules } from './initrd-layer.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-lab-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function cache(signal = new AbortController().signal): BuildCache {
  return new BuildCache(folder, signal, () => {});
}

function layer(inputs: unknown, build: Layer['build']): Layer {
  return { name: 'part', inputs, build };
}

test('BuildCache builds a layer once for the same inputs, and again for others', async () => {
  let built = 0;
  const build: Layer['build'] = async (place) => writeFileSync(path.join(place, 'file'), `${++built}`);
  const first = await cache().obtain(layer({ a: 1, b: 2 }, build));
  const again = await cache().obtain(layer({ b: 2, a: 1 }, build));
  const other = await cache().obtain(layer({ a: 2, b: 2 }, build));
  assert.equal(again.folder, first.folder);
  assert.equal(readFileSync(path.join(first.folder, 'file'), 'utf8'), '1');
  assert.equal(readFileSync(path.join(other.folder, 'file'), 'utf8'), '2');
});

test('BuildCache keeps nothing of a build that failed or was aborted', async () => {
  const abort = new AbortController();
  const failing = layer(1, () => Promise.reject(new Error('no luck')));
  const aborted = layer(2, async () => abort.abort(new Error('enough')));
  await assert.rejects(cache().obtain(failing), /no luck/);
  await assert.rejects(cache(abort.signal).obtain(aborted), /enough/);
  assert.equal(cache().has(failing), false);
  assert.deepEqual(readdirSync(path.join(folder, 'layers')), []);
  assert.deepEqual(readdirSync(path.join(folder, 'unfinished')), []);
});

test('BuildCache removes what a killed build has left, and not what a living one is at', () => {
  const unfinished = path.join(cache().folder, 'unfinished');
  const mine = path.join(unfinished, `part-1.${process.pid}`);
  const dead = path.join(unfinished, 'part-1.4194305'); // above the largest number the kernel gives
  for (const file of [mine, dead]) writeFileSync(file, '');
  cache();
  assert.deepEqual([existsSync(mine), existsSync(dead)], [true, false]);
});

test('BuildCache waits for whoever builds the same layer, and takes theirs', async () => {
  const begun = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const slow = layer(1, async (place) => {
    begun.resolve();
    await done.promise;
    writeFileSync(path.join(place, 'file'), 'theirs');
  });
  const first = cache().obtain(slow);
  await begun.promise;
  const waits = Promise.withResolvers<void>();
  const states: string[] = [];
  const other = new BuildCache(folder, new AbortController().signal, (_name, state) => {
    states.push(state);
    waits.resolve();
  });
  const second = other.obtain(layer(1, () => Promise.reject(new Error('built twice'))));
  await waits.promise;
  done.resolve();
  assert.deepEqual(await second, await first);
  assert.deepEqual(states, ['waiting for the process that builds it…', 'from the cache']);
});

test('BuildCache builds a layer itself after the one who was at it has failed', async () => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const failing = layer(1, async () => {
    begun.resolve();
    await end.promise;
  });
  const first = cache().obtain(failing);
  await begun.promise;
  let built = 0;
  const second = cache().obtain(layer(1, async () => void (built += 1)));
  end.reject(new Error('no luck'));
  await assert.rejects(first, /no luck/);
  await second;
  assert.equal(built, 1);
});

test('keyOf() does not mix up layers of different names', () => {
  assert.notEqual(keyOf({ name: 'a', inputs: 1 }), keyOf({ name: 'b', inputs: 1 }));
});

test('cacheFolder() follows VIRTFN_LAB_CACHE, then XDG_CACHE_HOME, and no relative one', () => {
  assert.equal(cacheFolder({ VIRTFN_LAB_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }), '/own');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/xdg' }), '/xdg/virtfn/lab');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'xdg' }), path.join(os.homedir(), '.cache/virtfn/lab'));
});

test('orderModules() puts each module after those it needs, once', () => {
  const dep = [
    'kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz kernel/lib/crc16.ko.xz',
    'kernel/fs/jbd2/jbd2.ko.xz:',
    'kernel/lib/crc16.ko.xz:',
    'kernel/drivers/block/virtio-blk.ko.xz: kernel/lib/crc16.ko.xz',
  ].join('\n');
  assert.deepEqual(orderModules(dep, ['virtio_blk', 'built_in', 'ext4']), [
    'kernel/lib/crc16.ko.xz',
    'kernel/drivers/block/virtio-blk.ko.xz',
    'kernel/fs/jbd2/jbd2.ko.xz',
    'kernel/fs/ext4/ext4.ko.xz',
  ]);
});
