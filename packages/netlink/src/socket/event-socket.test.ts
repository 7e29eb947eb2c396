import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetlinkDecodeError } from '../codec/index.ts';
import { FakeKernel } from './fake-kernel.ts';
import { EventSocket, type NetlinkError, type OverflowReason } from './index.ts';

function listen(onDatagram: (datagram: Uint8Array) => void = () => undefined): {
  system: FakeKernel;
  socket: EventSocket;
  datagrams: number[];
  overflows: OverflowReason[];
  failures: string[];
} {
  const system = new FakeKernel();
  const datagrams: number[] = [];
  const overflows: OverflowReason[] = [];
  const failures: string[] = [];
  const socket = new EventSocket({
    protocol: 0,
    groups: [1, 33],
    onDatagram: (datagram) => {
      datagrams.push(datagram.length);
      onDatagram(datagram);
    },
    onOverflow: (reason) => overflows.push(reason),
    onFailure: (error: NetlinkError) => failures.push(error.code),
    system,
  });
  return { system, socket, datagrams, overflows, failures };
}

test('EventSocket joins its groups and tells each datagram of the kernel', () => {
  const { system, datagrams } = listen();
  assert.deepEqual(system.groupsOf(3), [1, 33]);
  system.tell(3, new Uint8Array(4), { stranger: true }, new Uint8Array(100_000));
  assert.deepEqual(datagrams, [4, 100_000]);
});

test('EventSocket tells of a burst in several turns', () => {
  const { system, datagrams } = listen();
  system.tell(3, ...Array.from({ length: 1000 }, () => new Uint8Array(1)));
  assert.equal(datagrams.length, 1000);
});

test('EventSocket tells of an overrun between the events before and after', () => {
  const { system, datagrams, overflows } = listen();
  system.tell(3, new Uint8Array(1), { errno: 105 }, new Uint8Array(2));
  assert.deepEqual(overflows, ['no-buffer-space']);
  assert.deepEqual(datagrams, [1, 2]);
});

test('EventSocket tells of an event that cannot be decoded as of one that is missing', () => {
  const { system, overflows } = listen(() => {
    throw new NetlinkDecodeError('an event', 'nonsense', 0);
  });
  system.tell(3, new Uint8Array(1));
  assert.deepEqual(overflows, ['undecodable']);
});

test('EventSocket lets errors of its listener through', () => {
  const { system } = listen(() => {
    throw new Error('of the listener');
  });
  assert.throws(() => system.tell(3, new Uint8Array(1)), /of the listener/);
});

test('EventSocket closes and tells when its socket breaks', () => {
  const { system, socket, failures } = listen();
  system.tell(3, { errno: 9 });
  assert.deepEqual(failures, ['EBADF']);
  assert.equal(system.openDescriptors, 0);
  assert.equal(system.watches.active, 0);
  socket.close();
});

test('EventSocket tells nothing after close(), also when a listener closes it', () => {
  const { system, socket, datagrams } = listen(() => socket.close());
  system.tell(3, new Uint8Array(1), new Uint8Array(2));
  assert.deepEqual(datagrams, [1]);
  assert.equal(system.openDescriptors, 0);
  socket[Symbol.dispose]();
});

test('EventSocket holds the process only from ref() on', () => {
  const { system, socket } = listen();
  assert.equal(system.watches.ref, 0);
  socket.ref();
  assert.equal(system.watches.ref, 1);
  socket.unref();
  assert.equal(system.watches.ref, 0);
});

test('EventSocket leaves nothing open when the kernel refuses a group', () => {
  const system = new FakeKernel();
  system.failing.set('setOption', 1);
  const ignore = (): void => undefined;
  const options = {
    protocol: 0,
    groups: [1],
    onDatagram: ignore,
    onOverflow: ignore,
    onFailure: ignore,
    system,
  };
  assert.throws(() => new EventSocket(options), { code: 'EPERM' });
  assert.equal(system.openDescriptors, 0);
});
