import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHostname } from '../codec/index.ts';
import { FakeDaemon } from '../testing/index.ts';
import {
  type ConnectionStatus,
  LibvirtOutcomeUnknown,
  LibvirtUnavailable,
  ReconnectingConnection,
} from './index.ts';

const isClosed = (error: unknown): boolean =>
  error instanceof LibvirtUnavailable && error.reason === 'closed';

test('ReconnectingConnection comes back as often as it is cut, and makes no call twice', async () => {
  await using daemon = await FakeDaemon.start();
  const statuses: string[] = [];
  await using connection = new ReconnectingConnection({
    uri: 'qemu:///system',
    socketPath: daemon.socketPath,
    minDelayMs: 1,
    onStatus: ({ kind }) => statuses.push(kind),
  });
  await connection.whenConnected();
  for (const round of [1, 2, 3]) {
    const lost = Promise.withResolvers<Error>();
    const back = Promise.withResolvers<void>();
    const end = connection.listen({ onLost: lost.resolve, onConnected: back.resolve });
    const given = assert.rejects(
      connection.call(getHostname, null),
      (error) => error instanceof LibvirtOutcomeUnknown && error.reason === 'connection-lost',
    );
    await daemon.called(getHostname.number, round);
    daemon.client.socket.destroy();
    await given;
    await lost.promise;
    await assert.rejects(connection.call(getHostname, null), isClosed);
    await back.promise;
    end();
    assert.equal(daemon.clients.length, round + 1);
    assert.equal(daemon.calls.filter(({ procedure }) => procedure === getHostname.number).length, round);
  }
  assert.deepEqual(
    statuses.filter((kind) => kind !== 'waiting'),
    ['connected', 'lost', 'connected', 'lost', 'connected', 'lost', 'connected'],
  );
});

test('ReconnectingConnection waits twice as long after each failure, up to the most', async () => {
  await using daemon = await FakeDaemon.start();
  await daemon.close();
  const delays: number[] = [];
  const enough = Promise.withResolvers<void>();
  const note = (status: ConnectionStatus): void => {
    if (status.kind !== 'waiting') return;
    assert.ok(status.cause instanceof LibvirtUnavailable && status.cause.reason === 'no-socket');
    delays.push(status.delayMs);
    if (delays.length === 5) enough.resolve();
  };
  await using connection = new ReconnectingConnection({
    uri: 'qemu:///system',
    socketPath: daemon.socketPath,
    minDelayMs: 1,
    maxDelayMs: 8,
    random: () => 1,
    onStatus: note,
  });
  await enough.promise;
  assert.deepEqual(delays.slice(0, 5), [2, 4, 8, 8, 8]);
  await daemon.listen();
  await connection.whenConnected();
});

test('ReconnectingConnection.close() ends it in every state, and nobody waits for it any more', async () => {
  await using daemon = await FakeDaemon.start();
  const options = { uri: 'qemu:///system', socketPath: daemon.socketPath };
  const opening = new ReconnectingConnection(options);
  const waiting = assert.rejects(opening.whenConnected(), isClosed);
  await opening.close();
  await waiting;
  const connected = new ReconnectingConnection(options);
  await connected.whenConnected();
  await connected.close();
  await assert.rejects(connected.call(getHostname, null), isClosed);
  await assert.rejects(connected.whenConnected(), isClosed);
  const absent = new ReconnectingConnection({
    ...options,
    socketPath: '/dev/null/absent',
    minDelayMs: 60_000,
  });
  await absent.close();
});

test('ReconnectingConnection.whenConnected() is given up by its signal', async () => {
  await using connection = new ReconnectingConnection({
    uri: 'qemu:///system',
    socketPath: '/dev/null/absent',
  });
  const reason = new Error('enough');
  await assert.rejects(connection.whenConnected(AbortSignal.abort(reason)), reason);
});
