import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '@virtfn/contract';
import { METRICS_CONTENT_TYPE } from '@virtfn/contract/metrics';
import { SriovError } from '@virtfn/model';

const PATH = '/metrics';
/** Whoever scrapes needs one. */
const MOST_CONNECTIONS = 16;
/** A request is a few lines, and there is nothing to wait for. */
const REQUEST_LIMIT_MS = 5000;

/** Answers `GET /metrics`, and nothing else, to whoever can reach it. */
export class MetricsServer {
  /** Of the metrics: `http://127.0.0.1:9808/metrics`. */
  readonly url: string;
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    const { address, port } = server.address() as AddressInfo;
    this.url = `http://${address.includes(':') ? `[${address}]` : address}:${port}${PATH}`;
    this.#server = server;
  }

  /** Starts to listen. @throws {SriovError} LISTEN_FAILED */
  static async listen({ host, port }: ListenAddress, read: () => Promise<string>): Promise<MetricsServer> {
    const server = http.createServer(
      { requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS },
      (request, response) => void answer(request, response, read),
    );
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const errno = cause.code ?? 'unknown';
        const message = `Cannot listen on ${host}:${port} for metrics: the system answered ${errno}`;
        reject(new SriovError('LISTEN_FAILED', message, { details: { host, port, errno }, cause }));
      });
      server.listen(port, host, resolve);
    });
    return new MetricsServer(server);
  }

  /** Cuts off whoever is still being answered: it asks again. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer(
  { method, url = '' }: http.IncomingMessage,
  response: http.ServerResponse,
  read: () => Promise<string>,
): Promise<void> {
  const refuse = (status: number, headers: http.OutgoingHttpHeaders = {}): void =>
    void response.writeHead(status, headers).end();
  if (url.split('?')[0] !== PATH) return refuse(404);
  if (method !== 'GET') return refuse(405, { allow: 'GET' });
  try {
    const text = await read();
    response.writeHead(200, { 'content-type': METRICS_CONTENT_TYPE }).end(text);
  } catch {
    refuse(500);
  }
}
