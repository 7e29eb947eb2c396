import { beginRequest, unreachable } from './begin-request.ts';
import type { Answer, Transport } from './transport.ts';

/** Answers longer than this are not read on: no document of ours is. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface HttpTransportOptions {
  /** Proves who asks: one of virtfn's own tokens, or Keystone's; null: nothing does. */
  readonly token?: string | null;
  readonly timeoutMs?: number;
}

/**
 * Talks HTTP or HTTPS to `endpoint` (`http://127.0.0.1:9696`).
 *
 * @throws {SriovError} CONTROLLER_UNREACHABLE, REQUEST_INVALID
 */
export function httpTransport(
  endpoint: string,
  { token = null, timeoutMs = 30_000 }: HttpTransportOptions = {},
): Transport {
  return ({ method, path, body }) => {
    return new Promise<Answer>((resolve, reject) => {
      const fail = (cause: unknown): void => reject(unreachable(endpoint, cause));
      let request: ReturnType<typeof beginRequest>;
      try {
        request = beginRequest(endpoint, path, {
          method,
          timeout: timeoutMs,
          headers: {
            accept: 'application/json',
            ...(token === null ? {} : { 'x-auth-token': token }),
            ...(body === null ? {} : { 'content-type': 'application/json' }),
          },
        });
      } catch (error) {
        return fail(error);
      }
      request.on('error', fail);
      request.on('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MOST_BYTES) response.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      });
      request.end(body ?? undefined);
    });
  };
}
