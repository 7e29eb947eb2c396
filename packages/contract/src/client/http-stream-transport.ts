import { beginRequest, unreachable } from './begin-request.ts';
import { errorOfAnswer } from './read-answer.ts';
import { STREAM_SILENT_AFTER_MS, type StreamTransport } from './stream-transport.ts';

/** Streams over HTTP or HTTPS from `endpoint`. @throws {SriovError} CONTROLLER_UNREACHABLE, REQUEST_INVALID */
export function httpStreamTransport(endpoint: string, token: string | null = null): StreamTransport {
  return ({ path, lastEventId }, signal) => {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => reject(unreachable(endpoint, cause));
      const request = beginRequest(endpoint, path, {
        signal,
        timeout: STREAM_SILENT_AFTER_MS,
        headers: {
          accept: 'text/event-stream',
          ...(token === null ? {} : { 'x-auth-token': token }),
          ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
        },
      });
      request.on('error', fail);
      request.on('timeout', () =>
        request.destroy(new Error(`nothing was heard for ${STREAM_SILENT_AFTER_MS} ms`)),
      );
      request.on('response', (response) => {
        response.setEncoding('utf8');
        if (response.statusCode === 200) return resolve(untilItEnds(response));
        readAll(response).then((text) => reject(errorOfAnswer(text, response.statusCode ?? 0)), fail);
      });
      request.end();
    });
  };
}

async function* untilItEnds(response: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* response;
  } catch {
    // It broke: who reads it goes on from where he was.
  }
}

async function readAll(response: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}
