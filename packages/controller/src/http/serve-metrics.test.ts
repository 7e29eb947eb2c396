import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import type { ServedRequest } from '../metrics/index.ts';
import { serveMetrics } from './serve-metrics.ts';

test('serveMetrics() notes every request by its route, also of routes before it, and no time of a stream', async () => {
  const noted: ServedRequest[] = [];
  const metrics = {
    noteRequest: (request: ServedRequest) => void noted.push(request),
    format: async () => 'text',
    portInfo: () => assert.fail('not asked'),
  };
  const server = Fastify();
  server.get('/ports/:id', async () => 'found');
  serveMetrics(server, metrics);
  server.get('/events', { config: { isStream: true } }, (_, reply) => void reply.hijack().raw.end('told'));
  server.post('/ports', async (_, reply) => reply.status(409).send('no'));
  for (const [method, url] of [
    ['GET', '/ports/7?fields=id'],
    ['GET', '/events'],
    ['POST', '/ports'],
    ['GET', '/metrics'],
    ['DELETE', '/elsewhere'],
  ] as const)
    await server.inject({ method, url });
  assert.deepEqual(
    noted.map(({ method, route, status, seconds }) => [method, route, status, seconds === null]),
    [
      ['GET', '/ports/:id', 200, false],
      ['GET', '/events', 200, true],
      ['POST', '/ports', 409, false],
      ['GET', '/metrics', 200, false],
      ['DELETE', null, 404, false],
    ],
  );
  for (const { seconds } of noted) assert.ok(seconds === null || (seconds > 0 && seconds < 60));
  await server.close();
});
