import type { Answer, StreamTransport, Transport } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';

/** What proves who asks; null: nothing has to. */
export type ReadToken = () => string | null;

const unreachable = (cause: unknown): SriovError =>
  new SriovError(
    'CONTROLLER_UNREACHABLE',
    `Cannot reach the controller: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

/** Talks to the controller that the page came from. */
export function fetchTransport(readToken: ReadToken): Transport {
  return async ({ method, path, body }): Promise<Answer> => {
    try {
      const answer = await fetch(path, {
        method,
        body,
        headers: {
          accept: 'application/json',
          ...tokenHeader(readToken),
          ...(body === null ? {} : { 'content-type': 'application/json' }),
        },
      });
      return { status: answer.status, body: await answer.text() };
    } catch (cause) {
      throw unreachable(cause);
    }
  };
}

/** Streams from it: by fetch, since the browser's own EventSource sends no token. */
export function fetchStreamTransport(readToken: ReadToken): StreamTransport {
  return async ({ path, lastEventId }, signal) => {
    const answer = await fetch(path, {
      signal,
      headers: {
        accept: 'text/event-stream',
        ...tokenHeader(readToken),
        ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
      },
    }).catch((cause: unknown) => {
      throw unreachable(cause);
    });
    if (!answer.ok || answer.body === null) throw unreachable(`status ${answer.status}`);
    return untilItEnds(answer.body.pipeThrough(new TextDecoderStream()));
  };
}

async function* untilItEnds(stream: ReadableStream<string>): AsyncGenerator<string> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch {
    // It broke: who reads it goes on from where he was.
  } finally {
    reader.releaseLock();
  }
}

function tokenHeader(readToken: ReadToken): Readonly<Record<string, string>> {
  const token = readToken();
  return token === null ? {} : { 'x-auth-token': token };
}
