import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  authList,
  authPolkit,
  connectOpen,
  type Domain,
  getHostname,
  LibvirtDecodeError,
  listAllDomains,
  type Packet,
  PacketStatus,
  PacketType,
  Program,
} from '../codec/index.ts';
import { type FakeClient, FakeDaemon } from '../testing/index.ts';
import { LibvirtConnection, LibvirtError, LibvirtOutcomeUnknown, LibvirtUnavailable } from './index.ts';

const domain: Domain = { name: 'vm', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };

const open = (
  daemon: FakeDaemon,
  options: Partial<Parameters<typeof LibvirtConnection.open>[0]> = {},
): Promise<LibvirtConnection> =>
  LibvirtConnection.open({ uri: 'qemu:///system', socketPath: daemon.socketPath, ...options });

const sayHostname =
  (name: string) =>
  (call: Packet, client: FakeClient): void =>
    client.reply(call, (writer) => writer.string(name));

test('call() joins answers to their questions, in whatever order they come', async () => {
  await using daemon = await FakeDaemon.start();
  const held: (() => void)[] = [];
  daemon.on(getHostname.number, (call, client) => {
    const name = `answer ${held.length}`;
    held.push(() => client.reply(call, (writer) => writer.string(name)));
    if (held.length === 3) for (const answer of held.toReversed()) answer();
  });
  await using connection = await open(daemon);
  const answers = await Promise.all([1, 2, 3].map(() => connection.call(getHostname, null)));
  assert.deepEqual(answers, ['answer 0', 'answer 1', 'answer 2']);
});

test('call() after its limit says that nobody knows; the late answer is dropped, and the connection goes on', async () => {
  await using daemon = await FakeDaemon.start();
  let late: Packet | null = null;
  daemon.on(getHostname.number, (call, client) => {
    if (late === null) late = call;
    else {
      sayHostname('too late')(late, client);
      sayHostname('in time')(call, client);
    }
  });
  await using connection = await open(daemon);
  await assert.rejects(
    connection.call(getHostname, null, { timeoutMs: 1 }),
    (error) => error instanceof LibvirtOutcomeUnknown && error.reason === 'timeout',
  );
  assert.equal(await connection.call(getHostname, null, { timeoutMs: null }), 'in time');
});

test('call() with a limit of more than a timer can have waits', async () => {
  await using daemon = await FakeDaemon.start();
  daemon.on(getHostname.number, sayHostname('host'));
  await using connection = await open(daemon);
  assert.equal(await connection.call(getHostname, null, { timeoutMs: Number.POSITIVE_INFINITY }), 'host');
});

test('call() can be given up by a signal, before it is sent and after', async () => {
  await using daemon = await FakeDaemon.start();
  await using connection = await open(daemon);
  const reason = new Error('enough');
  await assert.rejects(connection.call(getHostname, null, { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(daemon.calls.filter(({ procedure }) => procedure === getHostname.number).length, 0);

  const controller = new AbortController();
  const given = connection.call(getHostname, null, { signal: controller.signal });
  const failed = assert.rejects(
    given,
    (error) => error instanceof LibvirtOutcomeUnknown && error.reason === 'aborted' && error.cause === reason,
  );
  await daemon.called(getHostname.number);
  controller.abort(reason);
  await failed;
});

test('call() refuses what does not fit the protocol without sending it', async () => {
  await using daemon = await FakeDaemon.start();
  await using connection = await open(daemon);
  const before = daemon.calls.length;
  const odd = {
    ...listAllDomains,
    encode: () => {
      throw new RangeError('too large');
    },
  };
  await assert.rejects(connection.call(odd, { flags: [] }), RangeError);
  daemon.on(getHostname.number, sayHostname('host'));
  await connection.call(getHostname, null);
  assert.equal(daemon.calls.length, before + 1);
});

/** What a daemon may do instead of answering, and what its caller learns. */
const misbehaviours: readonly {
  readonly name: string;
  readonly given: (call: Packet, client: FakeClient) => void;
  readonly want: (error: unknown) => boolean;
  readonly survives?: boolean;
}[] = [
  {
    name: 'refuses',
    given: (call, client) => client.refuse(call, 42, 'Domain not found'),
    want: (error) =>
      error instanceof LibvirtError &&
      error.code === 'VIR_ERR_NO_DOMAIN' &&
      error.libvirtMessage === 'Domain not found',
    survives: true,
  },
  {
    name: 'refuses with a code that is newer than we',
    given: (call, client) => client.refuse(call, 9999, 'of the future'),
    want: (error) => error instanceof LibvirtError && error.code === 'VIR_ERR_9999',
    survives: true,
  },
  {
    name: 'closes the connection',
    given: (_call, client) => client.socket.end(),
    want: isLost,
  },
  {
    name: 'cuts a packet off in its middle',
    given: (_call, client) => client.socket.end(Buffer.from('000000402000808600000001', 'hex')),
    want: isLost,
  },
  {
    name: 'sends garbage',
    given: (_call, client) => client.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    want: (error) => isLost(error) && error.cause instanceof LibvirtDecodeError,
  },
  {
    name: 'answers with other bytes than belong to the question',
    given: (call, client) => client.reply(call, (writer) => writer.uint(77)),
    want: (error) => error instanceof LibvirtDecodeError,
  },
  {
    name: 'answers with more than belongs to the question',
    given: (call, client) => client.reply(call, (writer) => writer.string('host').int(1)),
    want: (error) => error instanceof LibvirtDecodeError,
  },
  {
    name: 'answers what was not asked',
    given: (call, client) => sayHostname('host')({ ...call, serial: call.serial + 10 }, client),
    want: (error) => isLost(error) && error.cause instanceof LibvirtDecodeError,
  },
  {
    name: 'answers another procedure with our serial',
    given: (call, client) => sayHostname('host')({ ...call, procedure: 1 }, client),
    want: (error) => isLost(error) && error.cause instanceof LibvirtDecodeError,
  },
  {
    name: 'sends a stream that nobody has opened',
    given: (call, client) =>
      client.send({ ...call, type: 3, status: PacketStatus.ok, payload: new Uint8Array() }),
    want: (error) => isLost(error) && error.cause instanceof LibvirtDecodeError,
  },
];

function isLost(error: unknown): error is LibvirtOutcomeUnknown {
  return error instanceof LibvirtOutcomeUnknown && error.reason === 'connection-lost';
}

for (const { name, given, want, survives = false } of misbehaviours) {
  test(`call() fails with a typed error when the daemon ${name}`, async () => {
    await using daemon = await FakeDaemon.start();
    await using connection = await open(daemon);
    daemon.on(getHostname.number, given);
    await assert.rejects(connection.call(getHostname, null, { timeoutMs: null }), want);
    daemon.on(getHostname.number, sayHostname('host'));
    const next = connection.call(getHostname, null);
    if (survives) assert.equal(await next, 'host');
    else
      await assert.rejects(next, (error) => error instanceof LibvirtUnavailable && error.reason === 'closed');
  });
}

test('close() fails what is in flight, tells listeners once, and is idempotent', async () => {
  await using daemon = await FakeDaemon.start();
  const connection = await open(daemon);
  const lost: Error[] = [];
  connection.listen({ onLost: (cause) => lost.push(cause) });
  const failed = assert.rejects(connection.call(getHostname, null), isLost);
  await daemon.called(getHostname.number);
  await Promise.all([connection.close(), connection.close()]);
  await failed;
  assert.equal(lost.length, 1);
  const { promise, resolve } = Promise.withResolvers<Error>();
  connection.listen({ onLost: resolve });
  assert.equal(await promise, lost[0], 'who comes too late is told too');
});

test('a listener is told of messages between a call and its answer, and a message that it cannot read ends the connection', async () => {
  await using daemon = await FakeDaemon.start();
  await using connection = await open(daemon);
  const heard: number[] = [];
  connection.listen({ onMessage: ({ procedure }) => heard.push(procedure) });
  daemon.on(getHostname.number, (call, client) => {
    client.tellDeviceRemoved(domain, 'hostdev0');
    sayHostname('host')(call, client);
    client.tellDeviceRemoved(domain, 'hostdev1');
  });
  assert.equal(await connection.call(getHostname, null), 'host');
  assert.deepEqual(heard.slice(0, 1), [333]);

  connection.listen({
    onMessage: () => {
      throw new LibvirtDecodeError('an event', 'nonsense', 0);
    },
  });
  await assert.rejects(connection.call(getHostname, null), isLost);
});

test('a ping is answered, and a daemon that answers none of ours is given up', async (t) => {
  await using daemon = await FakeDaemon.start();
  t.mock.timers.enable({ apis: ['setInterval'] });
  await using connection = await open(daemon, { keepAlive: { intervalMs: 5000, count: 2 } });
  daemon.client.tell(1, () => {}, Program.keepAlive);
  const pong = await daemon.called(2);
  assert.equal(pong.program, Program.keepAlive);
  assert.equal(pong.type, PacketType.message);

  const { promise, resolve } = Promise.withResolvers<Error>();
  connection.listen({ onLost: resolve });
  t.mock.timers.tick(5000);
  t.mock.timers.tick(5000);
  t.mock.timers.tick(5000);
  const cause = await promise;
  assert.ok(cause instanceof LibvirtUnavailable && cause.reason === 'silent');
});

const offers = [
  { name: 'polkit, which says yes', types: [2], polkit: true, want: null },
  { name: 'polkit, which says no', types: [2], polkit: false, want: 'authentication' },
  { name: 'SASL alone', types: [1], polkit: true, want: 'authentication' },
  { name: 'none beside others', types: [1, 0], polkit: false, want: null },
];

for (const { name, types, polkit, want } of offers) {
  test(`LibvirtConnection.open() where the daemon wants ${name}`, async () => {
    await using daemon = await FakeDaemon.start();
    daemon.on(authList.number, (call, client) =>
      client.reply(call, (writer) => writer.array(types, 20, (inside, type) => inside.int(type))),
    );
    daemon.on(authPolkit.number, (call, client) =>
      polkit
        ? client.reply(call, (writer) => writer.int(1))
        : client.refuse(call, 45, 'authentication failed'),
    );
    const opened = open(daemon);
    if (want === null) await (await opened).close();
    else
      await assert.rejects(opened, (error) => error instanceof LibvirtUnavailable && error.reason === want);
  });
}

test('LibvirtConnection.open() keeps to its limit, and to its signal, while the daemon says nothing', async () => {
  await using daemon = await FakeDaemon.start();
  daemon.on(connectOpen.number, () => {});
  await assert.rejects(
    open(daemon, { timeoutMs: 5 }),
    (error) => error instanceof LibvirtUnavailable && error.reason === 'timeout',
  );
  const controller = new AbortController();
  const reason = new Error('enough');
  const opening = assert.rejects(open(daemon, { signal: controller.signal }), reason);
  await daemon.called(connectOpen.number);
  controller.abort(reason);
  await opening;
});

test('LibvirtConnection.open() says whether there is no socket or nobody behind it', async () => {
  await using daemon = await FakeDaemon.start();
  await assert.rejects(
    LibvirtConnection.open({ uri: 'qemu:///system', socketPath: `${daemon.socketPath}-absent` }),
    (error) => error instanceof LibvirtUnavailable && error.reason === 'no-socket',
  );
  await assert.rejects(
    LibvirtConnection.open({ uri: 'qemu:///system', socketPath: '/dev/null' }),
    (error) => error instanceof LibvirtUnavailable && error.reason === 'refused',
  );
});
