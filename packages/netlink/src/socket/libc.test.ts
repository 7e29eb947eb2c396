// What we rely on of koffi and of the kernel of this machine. Needs no privileges and changes nothing.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import koffi from 'koffi';
import { encodeGetLink, encodeMessage } from '../codec/index.ts';
import { libcSystem } from './libc.ts';
import { Errno } from './socket-options.ts';

const system = libcSystem();
/** For talk between processes; any user may send there (include/uapi/linux/netlink.h). */
const NETLINK_USERSOCK = 2;

function openSocket(protocol = 0): { fd: number; portId: number } & Disposable {
  const fd = system.open(protocol);
  assert.ok(fd > 0);
  const portId = system.bind(fd);
  assert.ok(portId > 0);
  return { fd, portId, [Symbol.dispose]: () => system.close(fd) };
}

function ask(fd: number): void {
  const message = encodeMessage({ ...encodeGetLink({ name: 'lo' }, 'plain'), flags: 0 }, 1, 0);
  assert.equal(system.call(fd, { kind: 'send', message }), message.length);
}

test('libcSystem() is one for all', () => assert.equal(libcSystem(), system));

test('calls give the negative errno', () => {
  assert.equal(system.open(999), -93, 'EPROTONOSUPPORT');
  assert.equal(system.bind(-1), -9, 'EBADF');
  assert.equal(system.setOption(-1, 1, 1, 1), -9);
  using socket = openSocket();
  assert.equal(system.call(socket.fd, { kind: 'peek' }), -Errno.eagain);
});

test('callOnThread() gives the errno of the thread, not of whoever called meanwhile', async () => {
  using socket = openSocket();
  const peeked = system.callOnThread(socket.fd, { kind: 'peek' });
  assert.equal(system.bind(-1), -9);
  assert.equal(await peeked, -Errno.eagain);
  assert.equal(await system.callOnThread(-1, { kind: 'send', message: Buffer.alloc(16) }), -9);
});

for (const { name, call } of [
  { name: 'call()', call: async (...args: Parameters<typeof system.call>) => system.call(...args) },
  { name: 'callOnThread()', call: (...args: Parameters<typeof system.call>) => system.callOnThread(...args) },
]) {
  test(`${name} peeks at the whole length, receives, and waits`, async () => {
    using socket = openSocket();
    assert.equal(await call(socket.fd, { kind: 'wait', limitMs: 0 }), 0);
    const before = system.now();
    assert.equal(await call(socket.fd, { kind: 'wait', limitMs: 20 }), 0);
    assert.ok(system.now() - before >= 15);
    ask(socket.fd);
    assert.equal(await call(socket.fd, { kind: 'wait', limitMs: 1000 }), 1);
    const length = await call(socket.fd, { kind: 'peek' });
    assert.ok(length > 100);
    const short = Buffer.alloc(4);
    assert.equal(await call(socket.fd, { kind: 'receive', into: short, makesNext: false }), length);
    assert.ok(short.readUInt32LE(0) <= length, 'what fits has been received');
    assert.equal(await call(socket.fd, { kind: 'peek' }), -Errno.eagain);
  });

  test(`${name} gives 0 for a datagram that is not of the kernel`, async () => {
    using receiver = openSocket(NETLINK_USERSOCK);
    using stranger = openSocket(NETLINK_USERSOCK);
    const sendto = koffi.load(null).func('long sendto(int, void *, size_t, int, void *, uint)');
    const address = new Uint32Array([16, receiver.portId, 0]);
    assert.equal(sendto(stranger.fd, Buffer.alloc(20), 20, 0, address, 12), 20);
    assert.equal(await call(receiver.fd, { kind: 'peek' }), 20);
    const into = Buffer.alloc(20);
    assert.equal(await call(receiver.fd, { kind: 'receive', into, makesNext: false }), 0);
    assert.equal(await call(receiver.fd, { kind: 'peek' }), -Errno.eagain);
  });
}

test('watch() tells as long as there is something to read, and nothing after stop()', async () => {
  using socket = openSocket();
  let told = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = system.watch(socket.fd, () => {
    told++;
    if (told < 3) return; // left there, it is told again
    system.call(socket.fd, { kind: 'receive', into: Buffer.alloc(65_536), makesNext: false });
    resolve();
  });
  watch.ref();
  ask(socket.fd);
  await promise;
  watch.stop();
  ask(socket.fd);
  await new Promise((next) => setImmediate(next));
  assert.equal(told, 3);
});

test('a watch alone does not keep the process alive', async () => {
  const index = new URL('../index.ts', import.meta.url).href;
  const ignore = '() => undefined';
  const program = `
    import { watchKernel } from ${JSON.stringify(index)};
    watchKernel({ onUevent: ${ignore}, onLink: ${ignore}, onOverflow: ${ignore}, onFailure: ${ignore} });
    console.log('watching');`;
  const run = promisify(execFile);
  const args = ['--input-type=module-typescript', '--eval', program];
  const { stdout } = await run(process.execPath, args, { timeout: 20_000 });
  assert.equal(stdout, 'watching\n');
});
