import { API_ROOT, EVENTS_PATH } from '@virtfn/contract';
import { parseAskedEvents } from '@virtfn/contract/serving';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { type EventSink, EventStream, type EventStreamOptions } from '../events/index.ts';
import { type Authenticator, headerOf } from '../auth/index.ts';
import { getIdentity, isStillAsker } from './authentication.ts';

const BEAT_EVERY_MS = 15_000;
const TICK_EVERY_MS = 1000;
/** Then whoever listens proves again who he is. */
const LONGEST_LIFE_MS = 3_600_000;
/** Who has not taken the end of a stream by then is cut off. */
const FAREWELL_MS = 5000;
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Proxies would hold events back until there are many.
  'x-accel-buffering': 'no',
} as const;

/** Serves the stream of events. Streams end when the server is about to. */
export function serveEvents(
  server: FastifyInstance,
  options: EventStreamOptions & { readonly onError: (error: unknown, requestId: string) => void },
  authenticator: Authenticator,
): void {
  const streams = new Map<EventStream, FastifyRequest>();
  const timers = [
    setInterval(() => {
      for (const [stream, request] of streams) {
        stream.beat();
        // Whoever's token was revoked hears no more.
        void isStillAsker(authenticator, request).then((isStill) => {
          if (!isStill) stream.end();
        });
      }
    }, BEAT_EVERY_MS),
    setInterval(() => options.feed.tick(), TICK_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  server.addHook('preClose', async () => {
    for (const timer of timers) clearInterval(timer);
    for (const stream of streams.keys()) stream.end();
  });
  server.get(`${API_ROOT}${EVENTS_PATH}`, { config: { isStream: true } }, (request, reply) => {
    const asked = parseAskedEvents(request.query, headerOf(request.headers, 'last-event-id'));
    const listener = { identity: getIdentity(request), ...asked };
    const response = reply.hijack().raw;
    response.writeHead(200, { ...HEADERS, 'x-request-id': request.id });
    const stream = new EventStream(options, listener, sinkOf(response));
    streams.set(stream, request);
    const ending = setTimeout(() => stream.end(), LONGEST_LIFE_MS);
    response.on('close', () => {
      clearTimeout(ending);
      stream.over();
      streams.delete(stream);
    });
    stream.run().catch((error: unknown) => {
      options.onError(error, request.id);
      stream.end();
    });
  });
}

function sinkOf(response: ServerResponse): EventSink {
  return {
    write: (text) => {
      if (!response.writableEnded) response.write(text);
    },
    backlog: () => response.writableLength,
    drained: async () => {
      if (!response.writableNeedDrain || response.destroyed) return;
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
    },
    end: () => {
      response.end();
      const cutOff = setTimeout(() => response.destroy(), FAREWELL_MS);
      response.once('close', () => clearTimeout(cutOff));
    },
  };
}
