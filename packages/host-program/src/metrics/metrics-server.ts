import http from 'node:http';
import type { ListenAddress } from '@virtfn/contract';
import { METRICS_CONTENT_TYPE } from '@virtfn/contract/metrics';
import { closeNow, type Listening, listenOn, type ListenOptions } from '../listener/index.ts';

const PATH = '/metrics';
/** Whoever scrapes needs one. */
const MOST_CONNECTIONS = 16;
/** A request is a few lines, and there is nothing to wait for. */
const REQUEST_LIMIT_MS = 5000;

/** Answers `GET /metrics`, and nothing else, to whoever can reach it. @throws {SriovError} LISTEN_FAILED */
export async function listenForScrapes(
  address: ListenAddress,
  read: () => Promise<string>,
  onTrouble: ListenOptions['onTrouble'],
): Promise<Listening> {
  const server = http.createServer(
    { requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS },
    (request, response) => void answer(request, response, read),
  );
  server.maxConnections = MOST_CONNECTIONS;
  const url = await listenOn(server, { address, what: 'metrics', onTrouble });
  return { url: `${url}${PATH}`, close: () => closeNow(server) };
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
