import { Readable } from 'node:stream';
import { METRICS_CONTENT_TYPE } from '@virtfn/contract/metrics';
import type { FastifyInstance } from 'fastify';
import type { ControllerMetrics } from '../metrics/index.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer lasts as long as somebody listens: how long that is says nothing of us. */
    readonly isStream?: boolean;
  }
}

/** Measures all requests, and tells Prometheus. */
export function serveMetrics(
  server: FastifyInstance,
  metrics: Pick<ControllerMetrics, 'format' | 'noteRequest' | 'portInfo'>,
): void {
  server.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const { url = null, config } = routeOptions;
    const seconds = config.isStream === true ? null : reply.elapsedTime / 1000;
    metrics.noteRequest({ method, route: url, status: reply.statusCode, seconds });
  });
  // Numbers of the whole fleet and nobody's name in it: for whoever can reach us, as readiness is.
  server.get('/metrics', { config: { isPublic: true } }, async (_, reply) =>
    reply.header('content-type', METRICS_CONTENT_TYPE).send(await metrics.format()),
  );
  // Which project has a port on which host is for administrators.
  server.get('/metrics/ports', { config: { needsAdmin: true } }, async (_, reply) =>
    reply.header('content-type', METRICS_CONTENT_TYPE).send(Readable.from(metrics.portInfo())),
  );
}
