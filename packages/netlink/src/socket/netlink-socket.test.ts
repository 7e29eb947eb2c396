import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NetlinkDecodeError, type NetlinkMessage } from '../codec/index.ts';
import { acknowledge, done, FakeKernel, reply } from './fake-kernel.ts';
import { NetlinkError, NetlinkSocket, NetlinkTimeout } from './index.ts';

const get = { type: 18, flags: 4, payload: new Uint8Array(16) };
const dump = { ...get, flags: 0x300 };
const what = 'look';

/** Each case runs by `request` and by `requestSync`, which must not differ. */
const ways: readonly {
  name: string;
  ask: (socket: NetlinkSocket, request: typeof get) => Promise<readonly NetlinkMessage[]>;
}[] = [
  { name: 'request()', ask: (socket, request) => socket.request(request, { what, limitMs: 1000 }) },
  {
    name: 'requestSync()',
    ask: async (socket, request) => socket.requestSync(request, { what, limitMs: 1000 }),
  },
];

for (const { name, ask } of ways) {
  const open = (answer: FakeKernel['answer']): { system: FakeKernel; socket: NetlinkSocket } => {
    const system = new FakeKernel();
    system.answer = answer;
    return { system, socket: new NetlinkSocket({ protocol: 0, system }) };
  };

  test(`${name} gives the replies without acknowledgement`, async () => {
    const { socket } = open((request, portId) => [
      Buffer.concat([reply(request, portId), reply(request, portId, { type: 1 })]),
      acknowledge(request, portId),
    ]);
    const replies = await ask(socket, get);
    assert.deepEqual(
      replies.map(({ type }) => type),
      [16],
    );
  });

  test(`${name} throws the errno of a refusal, and the socket is of use afterwards`, async () => {
    let errno = 95;
    const { system, socket } = open((request, portId) => [acknowledge(request, portId, errno)]);
    await assert.rejects(ask(socket, get), (error: unknown) => {
      assert.ok(error instanceof NetlinkError);
      assert.equal(error.errno, 95);
      assert.match(error.code, /^E(OPNOTSUPP|NOTSUP)$/);
      assert.equal(error.message, `Cannot look: ${error.code}`);
      return true;
    });
    errno = 0;
    assert.deepEqual(await ask(socket, get), []);
    assert.equal(system.openDescriptors, 1);
  });

  test(`${name} gathers the parts of a dump`, async () => {
    const { socket } = open((request, portId) => [
      Buffer.concat([reply(request, portId), reply(request, portId)]),
      reply(request, portId),
      done(request, portId),
    ]);
    assert.equal((await ask(socket, dump)).length, 3);
  });

  test(`${name} throws the errno at the end of a dump`, async () => {
    const { socket } = open((request, portId) => [
      reply(request, portId),
      done(request, portId, { errno: 90 }),
    ]);
    await assert.rejects(ask(socket, dump), { name: 'NetlinkError', code: 'EMSGSIZE' });
  });

  test(`${name} repeats a dump that was inconsistent, and gives one whole one`, async () => {
    let dumps = 0;
    const { socket } = open((request, portId) => {
      dumps++;
      const flags = dumps < 3 ? 0x12 : 2;
      return [reply(request, portId, { flags }), done(request, portId, { flags })];
    });
    assert.equal((await ask(socket, dump)).length, 1);
    assert.equal(dumps, 3);
  });

  test(`${name} gives up on a dump that is never consistent`, async () => {
    let dumps = 0;
    const { socket } = open((request, portId) => {
      dumps++;
      return [done(request, portId, { flags: 0x12 })];
    });
    await assert.rejects(ask(socket, dump), { name: 'NetlinkError', code: 'EAGAIN' });
    assert.equal(dumps, 10);
  });

  test(`${name} passes over late replies, other ports and datagrams of strangers`, async () => {
    const { system, socket } = open((request, portId) => [
      reply({ sequence: request.sequence - 1 }, portId),
      reply(request, portId + 1),
      acknowledge(request, portId),
    ]);
    system.tell(3, { stranger: true });
    assert.deepEqual(await ask(socket, get), []);
  });

  test(`${name} takes a reply of any size`, async () => {
    const { socket } = open((request, portId) => [
      reply(request, portId, { payload: new Uint8Array(3_000_000) }),
      acknowledge(request, portId),
    ]);
    assert.equal((await ask(socket, get))[0]?.payload.length, 3_000_000);
  });

  test(`${name} refuses a part of a dump that is cut off, rather than to give half of it`, async () => {
    const { system, socket } = open((request, portId) => [
      reply(request, portId, { payload: new Uint8Array(2_000_000) }),
    ]);
    await assert.rejects(ask(socket, dump), { name: 'NetlinkError', code: 'ENOBUFS' });
    assert.equal(system.openDescriptors, 0);
  });

  test(`${name} throws NetlinkTimeout when no answer comes, and asks by a new descriptor next`, async () => {
    const { system, socket } = open(() => []);
    await assert.rejects(ask(socket, get), (error: unknown) => {
      assert.ok(error instanceof NetlinkTimeout);
      assert.equal(error.message, 'Cannot look: no answer of the kernel within 1000 ms');
      return true;
    });
    assert.equal(system.openDescriptors, 0);
    assert.equal(system.now(), 1000);
    system.answer = (request, portId) => [acknowledge(request, portId)];
    assert.deepEqual(await ask(socket, get), []);
  });

  test(`${name} throws NetlinkDecodeError for a reply that makes no sense`, async () => {
    const { system, socket } = open(() => [Uint8Array.of(1, 2, 3)]);
    await assert.rejects(ask(socket, get), NetlinkDecodeError);
    assert.equal(system.openDescriptors, 0);
  });

  test(`${name} goes on after EINTR and throws other errors of calls`, async () => {
    const { system, socket } = open((request, portId) => [acknowledge(request, portId)]);
    for (const kind of ['peek', 'receive'] as const) {
      system.failing.set(kind, 4);
      assert.deepEqual(await ask(socket, get), [], kind);
    }
    for (const kind of ['send', 'peek', 'receive'] as const) {
      system.failing.set(kind, 105);
      await assert.rejects(ask(socket, get), { code: 'ENOBUFS' }, kind);
    }
  });

  test(`${name} refuses after close()`, async () => {
    const { system, socket } = open(() => []);
    socket.close();
    socket[Symbol.dispose]();
    assert.equal(system.openDescriptors, 0);
    await assert.rejects(ask(socket, get), /the socket is closed/);
  });
}

test('NetlinkSocket leaves nothing open when the kernel refuses it', () => {
  const system = new FakeKernel();
  system.failing.set('bind', 98);
  assert.throws(() => new NetlinkSocket({ protocol: 0, system }), { code: 'EADDRINUSE' });
  system.failing.set('open', 93);
  assert.throws(() => new NetlinkSocket({ protocol: 0, system }), { code: 'EPROTONOSUPPORT' });
  assert.equal(system.openDescriptors, 0);
});

test('request() takes turns', async () => {
  const system = new FakeKernel();
  const socket = new NetlinkSocket({ protocol: 0, system });
  system.answer = (request, portId) => [acknowledge(request, portId)];
  await Promise.all([1, 2, 3].map(() => socket.request(get, { what })));
  const turn = ['send', 'peek', 'receive'];
  assert.deepEqual(system.calls, [...turn, ...turn, ...turn]);
});

test('close() waits for the request under way, and those behind it are refused', async () => {
  const system = new FakeKernel();
  const socket = new NetlinkSocket({ protocol: 0, system });
  system.answer = (request, portId) => [acknowledge(request, portId)];
  const { promise, resolve } = Promise.withResolvers<void>();
  system.stuck = promise;
  const first = socket.request(get, { what });
  const second = assert.rejects(socket.request(get, { what }), /the socket is closed/);
  await new Promise((next) => setImmediate(next));
  socket.close();
  assert.equal(system.openDescriptors, 1);
  resolve();
  assert.deepEqual(await first, []);
  await second;
  assert.equal(system.openDescriptors, 0);
});

test('request() gives up on a kernel that does not come back, and the next waits for its thread', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const system = new FakeKernel();
  system.answer = (request, portId) => [acknowledge(request, portId)];
  const socket = new NetlinkSocket({ protocol: 0, system });
  const { promise, resolve } = Promise.withResolvers<void>();
  system.stuck = promise;
  const turn = (): Promise<void> => new Promise((next) => setImmediate(next));

  const first = assert.rejects(socket.request(get, { what, limitMs: 100 }), NetlinkTimeout);
  await turn();
  context.mock.timers.tick(100);
  await first;
  assert.equal(system.openDescriptors, 1, 'the thread still uses the descriptor');

  const second = assert.rejects(socket.request(get, { what, limitMs: 100 }), NetlinkTimeout);
  await turn();
  context.mock.timers.tick(100);
  await second;
  assert.deepEqual(system.calls, ['send'], 'the second has not taken another thread');

  const third = socket.request(get, { what, limitMs: 100 });
  system.stuck = null;
  resolve();
  assert.deepEqual(await third, []);
  assert.equal(system.openDescriptors, 1, 'the old one is closed, the new one open');
});

test('requestSync() refuses while a request is under way', async () => {
  const system = new FakeKernel();
  system.answer = (request, portId) => [acknowledge(request, portId)];
  const socket = new NetlinkSocket({ protocol: 0, system });
  const { promise, resolve } = Promise.withResolvers<void>();
  system.stuck = promise;
  const asked = socket.request(get, { what });
  await new Promise((next) => setImmediate(next));
  assert.throws(() => socket.requestSync(get, { what }), /under way/);
  resolve();
  await asked;
});

for (const blocking of [true, false]) {
  const openBoth = (answer: FakeKernel['answer']): { system: FakeKernel; socket: NetlinkSocket } => {
    const system = new FakeKernel();
    system.answer = answer;
    return { system, socket: new NetlinkSocket({ protocol: 0, system, blocking }) };
  };
  const named = (type: number) => ({ request: { ...get, type }, what: `ask ${type}` });

  test(`requestAll() sends once and gives each refusal by itself, blocking ${blocking}`, async () => {
    const { system, socket } = openBoth((request, portId) => [
      acknowledge(request, portId, request.type === 20 ? 95 : 0),
    ]);
    const refusals = await socket.requestAll([named(18), named(20), named(19)], { what });
    assert.deepEqual(
      refusals.map((refusal) => refusal?.message.split(':')[0] ?? null),
      [null, 'Cannot ask 20', null],
    );
    assert.equal(system.calls.filter((call) => call === 'send').length, 1);
    assert.deepEqual(await socket.requestAll([], { what }), []);
    assert.equal(system.openDescriptors, 1);
  });

  test(`requestAll() gives up when one answer does not come, blocking ${blocking}`, async () => {
    const { socket } = openBoth((request, portId) =>
      request.type === 20 ? [] : [acknowledge(request, portId)],
    );
    await assert.rejects(socket.requestAll([named(18), named(20)], { what, limitMs: 1000 }), NetlinkTimeout);
  });
}

test('NetlinkError names what is missing, and numbers without a name', () => {
  const said = { message: null, offset: null, missingAttribute: 3 };
  assert.equal(new NetlinkError('x', 22, said).message, 'Cannot x: attribute 3 is missing (EINVAL)');
  assert.equal(
    new NetlinkError('x', 22, { ...said, message: 'no', offset: 8 }).message,
    'Cannot x: no (EINVAL)',
  );
  assert.match(new NetlinkError('x', 524).code, /524/);
});

for (const blocking of [true, false]) {
  test(`ethtool() lets the driver answer in place, blocking ${blocking}`, async () => {
    const system = new FakeKernel();
    const socket = new NetlinkSocket({ protocol: 0, system, blocking });
    const message = Buffer.alloc(8);
    system.ethtool = (netdev, into) => {
      into.write(netdev);
      return 0;
    };
    await socket.ethtool('ens1f0', message, { what });
    assert.equal(message.toString(), 'ens1f0\0\0');
    system.ethtool = () => -19;
    await assert.rejects(socket.ethtool('ens1f0', message, { what }), { code: 'ENODEV' });
    assert.equal(system.openDescriptors, 1);
  });
}

test('ethtool() gives up a driver that does not come back', async () => {
  const system = new FakeKernel();
  const socket = new NetlinkSocket({ protocol: 0, system });
  const { promise, resolve } = Promise.withResolvers<void>();
  system.stuck = promise;
  const asked = socket.ethtool('ens1f0', Buffer.alloc(8), { what, limitMs: 5 });
  await assert.rejects(asked, NetlinkTimeout);
  system.stuck = null;
  resolve();
});
