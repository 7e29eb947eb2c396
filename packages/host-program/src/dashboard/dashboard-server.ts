import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { API_ROOT, ERROR_STATUS, EVENTS_PATH, type ListenAddress, ROUTES } from '@virtfn/contract';
import { documentOfError, parseAskedEvents, parseQuery, refuseForeignName } from '@virtfn/contract/serving';
import { SriovError, toSriovError } from '@virtfn/model';
import { answerWebFile, WEB_ROOT, type WebFile } from '@virtfn/web-files';
import type { Static } from 'typebox';
import { closeNow, type Listening, listenOn, type ListenOptions } from '../listener/index.ts';
import type { EventStreams } from './event-streams.ts';
import { findRoute, type FoundRoute } from './find-route.ts';
import { type HostApi, type Route, SERVED, type ServedRoute } from './host-api.ts';
import { readBody } from './read-body.ts';

export interface DashboardSite {
  readonly api: HostApi;
  readonly streams: EventStreams;
  /** By name; none: it was not built. */
  readonly files: ReadonlyMap<string, WebFile>;
}

/** A browser has six, and a few people look. */
const MOST_CONNECTIONS = 64;
/** Nothing that is asked here is longer. */
const MOST_HEADER_BYTES = 16 * 1024;
/** A request is short, and whoever sends it is on this machine. */
const REQUEST_LIMIT_MS = 5000;

/**
 * Serves the dashboard of one host.
 *
 * @param address of this machine alone: whoever reaches it is believed
 * @throws {SriovError} LISTEN_FAILED
 */
export async function listenForDashboard(
  address: ListenAddress,
  site: DashboardSite,
  onTrouble: ListenOptions['onTrouble'],
): Promise<Listening> {
  const server = http.createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      requestTimeout: REQUEST_LIMIT_MS,
      headersTimeout: REQUEST_LIMIT_MS,
    },
    (request, response) => void serve(request, response, site),
  );
  server.maxConnections = MOST_CONNECTIONS;
  const url = await listenOn(server, { address, what: 'the dashboard', onTrouble });
  return { url: `${url}${WEB_ROOT}/`, close: () => closeNow(server) };
}

async function serve(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  site: DashboardSite,
): Promise<void> {
  const requestId = `req-${randomUUID()}`;
  response.setHeader('x-request-id', requestId);
  try {
    refuseForeignName(request.headers.host);
    await answer(request, response, site);
  } catch (thrown) {
    // An answer has begun: whoever reads it is to see that it did not end well.
    if (response.headersSent) return void response.destroy();
    const error = toSriovError(thrown);
    // What is left of a body that was refused is not read.
    if (!request.complete) response.setHeader('connection', 'close');
    sendJson(response, ERROR_STATUS[error.code], documentOfError(error, requestId));
  }
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { api, streams, files }: DashboardSite,
): Promise<void> {
  const { method = '', url = '', headers } = request;
  const [path, search] = splitOnce(url, '?');
  if (method === 'GET' && (path === '/' || path === WEB_ROOT)) {
    response.writeHead(302, { location: `${WEB_ROOT}/` }).end();
    return;
  }
  if (method === 'GET' && path.startsWith(`${WEB_ROOT}/`)) {
    const file = answerWebFile(files, path.slice(WEB_ROOT.length + 1), headers);
    if (file === null) throw refuseUnknown(request);
    response.writeHead(file.status, file.headers).end(file.body);
    return;
  }
  const query = queryOf(search);
  if (method === 'GET' && path === `${API_ROOT}${EVENTS_PATH}`) {
    streams.open(response, parseAskedEvents(query, headers['last-event-id']?.toString() ?? null));
    return;
  }
  const route = findRoute(method, path);
  if (route === null || !isServed(route.name)) throw refuseUnknown(request);
  sendJson(response, 200, await callApi(api, route.name, { ...route, query, request }));
}

interface Asked extends Pick<FoundRoute, 'params'> {
  readonly query: Readonly<Record<string, unknown>>;
  readonly request: http.IncomingMessage;
}

function callApi<Name extends ServedRoute>(
  api: HostApi,
  name: Name,
  { params, query, request }: Asked,
): Promise<Static<Route<Name>['response']>> {
  const route: Route<Name> = ROUTES[name];
  return api[name]({
    params: parseQuery<Route<Name>['params']>(route.params, params),
    query: parseQuery<Route<Name>['query']>(route.query, query),
    readBody: (schema) => readBody(request, schema),
  });
}

const served: ReadonlySet<string> = new Set(SERVED);
const isServed = (name: string): name is ServedRoute => served.has(name);

/** A value that is given twice is a list, which no schema has. */
function queryOf(search: string): Readonly<Record<string, unknown>> {
  const params = new URLSearchParams(search);
  return Object.fromEntries(
    [...params.keys()].map((name) => {
      const values = params.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function splitOnce(text: string, mark: string): readonly [before: string, behind: string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

function refuseUnknown({ method, url = '' }: http.IncomingMessage): SriovError {
  return new SriovError(
    'ROUTE_UNKNOWN',
    `Cannot ${method} ${url.slice(0, 200)}: one host answers here, and not to that`,
    { hint: 'A controller answers for a fleet; on this host, `virtfn` changes what is to be changed' },
  );
}

function sendJson(response: http.ServerResponse, status: number, document: object): void {
  const text = JSON.stringify(document);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(text);
}
