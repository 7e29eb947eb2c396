import { type Answer, errorOfAnswer, type StreamTransport, type Transport } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import { Silence } from './silence.ts';

/** What proves who asks; null: nothing has to. */
export type ReadToken = () => string | null;

/** In a browser nobody starts a controller, and nobody gives it an address. */
const HINT =
  'The page goes on by itself as soon as it answers. Whether it runs says `systemctl status virtfn-controller` on its machine; for the dashboard of one host, `systemctl status virtfn-agent`';

function unreachable(why: string, cause?: unknown): SriovError {
  const message = `Cannot reach what serves this page: ${why}`;
  return new SriovError('CONTROLLER_UNREACHABLE', message, { hint: HINT, cause });
}

const unreachableBy = (cause: unknown): SriovError =>
  unreachable(cause instanceof Error ? cause.message : String(cause), cause);

/** Talks to what the page came from. */
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
      const text = await answer.text();
      // What stands between has an answer of its own, for when nothing is behind it.
      if (text !== '' && !isJson(answer)) throw new Error(`status ${answer.status}, and not from virtfn`);
      return { status: answer.status, body: text };
    } catch (cause) {
      throw unreachableBy(cause);
    }
  };
}

/** Streams from it: by fetch, since the browser's own EventSource sends no token. */
export function fetchStreamTransport(readToken: ReadToken): StreamTransport {
  return async ({ path, lastEventId }, signal) => {
    const silence = new Silence();
    try {
      const answer = await fetch(path, {
        signal: AbortSignal.any([signal, silence.signal]),
        headers: {
          accept: 'text/event-stream',
          ...tokenHeader(readToken),
          ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
        },
      }).catch((cause: unknown) => {
        throw unreachableBy(cause);
      });
      if (!answer.ok && isJson(answer)) throw errorOfAnswer(await answer.text(), answer.status);
      if (!answer.ok || answer.body === null) throw unreachable(`status ${answer.status}`);
      return untilItEnds(answer.body.pipeThrough(new TextDecoderStream()), silence);
    } catch (thrown) {
      silence.stop();
      throw thrown;
    }
  };
}

async function* untilItEnds(stream: ReadableStream<string>, silence: Silence): AsyncGenerator<string> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      silence.heard();
      yield value;
    }
  } catch {
    // It broke: who reads it goes on from where he was.
    if (silence.signal.aborted) throw unreachableBy(silence.signal.reason);
  } finally {
    silence.stop();
    reader.releaseLock();
  }
}

const isJson = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('application/json') === true;

function tokenHeader(readToken: ReadToken): Readonly<Record<string, string>> {
  const token = readToken();
  return token === null ? {} : { 'x-auth-token': token };
}
