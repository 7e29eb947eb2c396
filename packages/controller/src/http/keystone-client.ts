import http from 'node:http';
import https from 'node:https';
import type { SendToKeystone } from '../auth/index.ts';

/** Validating a token takes Keystone 20 ms; longer than this nobody waits for it. */
const TIMEOUT_MS = 10_000;
/** No answer without its catalog is a tenth of that. */
const MOST_BYTES = 1024 * 1024;
const MOST_CONNECTIONS = 16;

type ToSend = Parameters<SendToKeystone>[0];
type Answer = Awaited<ReturnType<SendToKeystone>>;

export interface KeystoneClientOptions {
  /** `http://…:5000/v3` */
  readonly url: string;
  /** Certificates of those who may vouch for Keystone, PEM; null: those that the system trusts. */
  readonly ca: string | null;
}

/** Speaks with Keystone on a few connections that stay open. */
export function keystoneClient({ url, ca }: KeystoneClientOptions): SendToKeystone {
  const isTls = url.startsWith('https:');
  const pool = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
  const agent = isTls ? new https.Agent({ ...pool, ...(ca === null ? {} : { ca }) }) : new http.Agent(pool);
  const open = isTls ? https.request : http.request;
  const exchange = ({ method, path, headers, body }: ToSend): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const request = open(`${url}${path}`, {
        agent,
        method,
        signal,
        headers: { ...headers, accept: 'application/json' },
      });
      const fail = (error: Error): void => {
        if (signal.aborted) reject(new Error(`no answer in ${TIMEOUT_MS} ms`, { cause: error }));
        else if (request.reusedSocket && isClosed(error)) resolve(exchange({ method, path, headers, body }));
        else reject(error);
      };
      request.on('error', fail);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MOST_BYTES) response.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      request.end(body ?? undefined);
    });
  return exchange;
}

/** Keystone closes connections that were idle, now and then just when we use one again. A new one is then no second try. */
const isClosed = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'ECONNRESET' || error.code === 'EPIPE';
