import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import type { ListenAddress } from '@virtfn/contract';
import { METRICS_CONTENT_TYPE } from '@virtfn/contract/metrics';
import type { Clock } from '@virtfn/host';
import { serveMetrics } from './serve-metrics.ts';

const ANY: ListenAddress = { host: '127.0.0.1', port: 0 };

/** Serves until `stop` is called; a wait for another try ends when the test says so. */
function openRig(address: ListenAddress, read: () => Promise<string> = async () => 'text\n') {
  const stopping = new AbortController();
  const lines: string[] = [];
  let heard = (): void => {};
  let tryAgain = (): void => {};
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        tryAgain = resolve;
        signal?.addEventListener('abort', () => resolve());
        heard();
      }),
  };
  const log = (line: string): void => {
    lines.push(line);
    heard();
  };
  const served = serveMetrics({ address, read, clock, log, stop: stopping.signal });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (heard = resolve));
  };
  const url = async (): Promise<string> => {
    await until(() => lines.some((line) => line.startsWith('metrics on ')));
    return lines.at(-1)?.slice('metrics on '.length) ?? '';
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    await served;
  };
  return { lines, until, url, stop, tryAgain: () => tryAgain() };
}

suite('serveMetrics()', () => {
  test('answers GET /metrics and nothing else, until it is stopped', async () => {
    const { url, stop } = openRig(ANY);
    const metrics = await url();
    const cases: readonly { name: string; at: string; method: string; want: number }[] = [
      { name: 'the metrics', at: '/metrics', method: 'GET', want: 200 },
      { name: 'with a query, as some scrapers add', at: '/metrics?collect[]=x', method: 'GET', want: 200 },
      { name: 'a change', at: '/metrics', method: 'POST', want: 405 },
      { name: 'another path', at: '/', method: 'GET', want: 404 },
      { name: 'a path that only begins so', at: '/metrics/', method: 'GET', want: 404 },
      { name: 'a change elsewhere', at: '/virtfn/v1/requests', method: 'POST', want: 404 },
    ];
    for (const { name, at, method, want } of cases) {
      const answer = await fetch(new URL(at, metrics), { method });
      assert.equal(answer.status, want, name);
      assert.equal(await answer.text(), want === 200 ? 'text\n' : '', name);
      if (want === 200) assert.equal(answer.headers.get('content-type'), METRICS_CONTENT_TYPE);
    }
    await stop();
    await assert.rejects(fetch(metrics));
  });

  test('answers 500 where it cannot tell, and the next one again', async () => {
    let isBroken = true;
    const { url, stop } = openRig(ANY, async () => {
      if (isBroken) throw new TypeError('broken');
      return 'text\n';
    });
    assert.equal((await fetch(await url())).status, 500);
    isBroken = false;
    assert.equal((await fetch(await url())).status, 200);
    await stop();
  });

  test('tries again where the address is not to be had, and says so once', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { lines, until, url, tryAgain, stop } = openRig({ host: '127.0.0.1', port });
    await until(() => lines.length === 1);
    assert.match(
      lines[0] ?? '',
      /Cannot listen on 127\.0\.0\.1:\d+ for metrics: .* EADDRINUSE \(LISTEN_FAILED\)/,
    );
    tryAgain();
    other.close();
    await once(other, 'close');
    while (lines.length === 1) {
      tryAgain();
      await new Promise(setImmediate);
    }
    assert.equal((await fetch(await url())).status, 200);
    assert.equal(lines.length, 2);
    await stop();
  });

  test('ends while it waits for an address', async () => {
    const { lines, until, stop } = openRig({ host: '192.0.2.1', port: 0 });
    await until(() => lines.length === 1);
    await stop();
  });
});
