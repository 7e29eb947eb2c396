import assert from 'node:assert/strict';
import http from 'node:http';
import { suite, test } from 'node:test';
import type { SriovError } from '@virtfn/model';
import { closeNow, listenOn } from './listen-on.ts';

const ANY = { host: '127.0.0.1', port: 0 } as const;

suite('listenOn()', () => {
  test('tells of every error that a server meets once it listens, and ends nothing for it', async () => {
    const server = http.createServer((_, response) => response.end('still here'));
    const told: SriovError[] = [];
    const url = await listenOn(server, {
      address: ANY,
      what: 'metrics',
      onTrouble: (error) => told.push(error),
    });
    // What Node emits when accept() fails.
    for (const code of ['EMFILE', 'ENOBUFS'])
      server.emit('error', Object.assign(new Error('accept'), { code }));
    assert.deepEqual(
      told.map(({ code, message }) => [code, message]),
      ['EMFILE', 'ENOBUFS'].map((errno) => [
        'LISTEN_FAILED',
        `Cannot take connections on 127.0.0.1:0 for metrics: the system answered ${errno}`,
      ]),
    );
    assert.equal(await (await fetch(url)).text(), 'still here');
    await closeNow(server);
  });

  test('rejects where the address is not to be had, and tells of it once', async () => {
    const told: SriovError[] = [];
    const options = { what: 'metrics', onTrouble: (error: SriovError) => told.push(error) };
    const server = http.createServer();
    await assert.rejects(listenOn(server, { address: { host: '192.0.2.1', port: 0 }, ...options }), {
      code: 'LISTEN_FAILED',
    });
    assert.deepEqual(told, []);
  });
});
