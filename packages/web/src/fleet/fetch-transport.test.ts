import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { STREAM_SILENT_AFTER_MS } from '@virtfn/contract';
import { isSriovError } from '@virtfn/model';
import { fetchStreamTransport, fetchTransport } from './fetch-transport.ts';

const STRANGER =
  '{"error":{"code":"AUTHENTICATION_FAILED","message":"Who?","hint":"","details":{},"requestId":"r"}}';

/** What may stand where the page came from. */
const ANSWERS: Readonly<Record<string, readonly [status: number, type: string, body: string]>> = {
  '/proxy': [502, 'text/html', '<h1>Bad gateway</h1>'],
  '/page': [200, 'text/html', '<title>Log in to the network</title>'],
  '/json': [200, 'application/json; charset=utf-8', '{"port":{}}'],
  '/stranger': [401, 'application/json', STRANGER],
};

describe('what serves the page', () => {
  const server = http.createServer(({ url = '', headers }, response) => {
    // As over a connection that is dead, from the beginning or behind something that came.
    if (url === '/silent') return;
    if (url === '/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n\n');
      return;
    }
    const [status, type, body] = ANSWERS[url] ?? [204, 'text/plain', ''];
    // It is told who asks.
    const isKnown = headers['x-auth-token'] === 't';
    response.writeHead(isKnown ? status : 500, { 'content-type': type }).end(body);
  });
  let origin: string;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = (path: string) =>
    fetchTransport(() => 't')({ method: 'GET', path: `${origin}${path}`, body: null });
  const stream = (path: string) =>
    fetchStreamTransport(() => 't')(
      { path: `${origin}${path}`, lastEventId: null },
      new AbortController().signal,
    );
  /** It helps whoever looks at a page: nobody starts a controller in a browser, nor gives it an address. */
  const isUnreachable = (error: unknown): boolean =>
    isSriovError(error, 'CONTROLLER_UNREACHABLE') &&
    /goes on by itself/.test(error.hint) &&
    !/npm|--endpoint/.test(error.hint);

  it('answers in JSON, or nothing', async () => {
    assert.deepEqual(await ask('/json'), { status: 200, body: '{"port":{}}' });
    assert.deepEqual(await ask('/deleted'), { status: 204, body: '' });
    assert.deepEqual(await ask('/stranger'), { status: 401, body: STRANGER });
  });

  it('is not there where something else answers, or nothing, and says what helps in a browser', async () => {
    for (const path of ['/proxy', '/page']) await assert.rejects(ask(path), isUnreachable);
    await assert.rejects(stream('/proxy'), isUnreachable);
    const nowhere = { method: 'GET', path: 'http://127.0.0.1:1/', body: null } as const;
    await assert.rejects(fetchTransport(() => null)(nowhere), isUnreachable);
  });

  it('refuses a stream to whom it does not know, which is not as if it were away', async () => {
    await assert.rejects(stream('/stranger'), (error) => isSriovError(error, 'AUTHENTICATION_FAILED'));
  });

  it('is not there when a stream has been silent for as long as the command line bears it', async (test: TestContext) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const pieces = (await stream('/stream'))[Symbol.asyncIterator]();
    test.mock.timers.tick(STREAM_SILENT_AFTER_MS - 1);
    assert.deepEqual(await pieces.next(), { done: false, value: 'id: 1\n\n' });
    // What came has begun the time anew.
    test.mock.timers.tick(STREAM_SILENT_AFTER_MS - 1);
    const next = assert.rejects(pieces.next(), isUnreachable);
    test.mock.timers.tick(1);
    await next;
    const asked = once(server, 'request');
    const opened = assert.rejects(stream('/silent'), isUnreachable);
    await asked;
    test.mock.timers.tick(STREAM_SILENT_AFTER_MS);
    await opened;
  });
});
