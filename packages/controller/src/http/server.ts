import type { AddressInfo } from 'node:net';
import {
  openApiDocument,
  ROUTES,
  API_ROOT,
  type RouteName,
  ERROR_STATUS,
  type ListenAddress,
} from '@virtfn/contract';
import { documentOfError, parseQuery, refuseForeignName, refuseForeignPage } from '@virtfn/contract/serving';
import { SriovError, toSriovError } from '@virtfn/model';
import type { WebFile } from '@virtfn/web-files';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { RequestOrigin } from '../audit/index.ts';
import type { Authenticator, Identity } from '../auth/index.ts';
import type { ControllerMetrics } from '../metrics/index.ts';
import { UNKNOWN_VERSION, versionsDocument } from '../neutron/index.ts';
import { addAuthentication, getIdentity, originOf } from './authentication.ts';
import { serveEvents } from './serve-events.ts';
import { serveMetrics } from './serve-metrics.ts';
import { sendToWeb, serveWeb, wantsPage } from './serve-web.ts';

/** What an operation is given: parsed by its schema, no more. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly asker: Identity;
  /** Who asks for what, for the audit log. */
  readonly origin: RequestOrigin;
}

export type Handlers = Readonly<Record<RouteName, (call: Call) => Promise<unknown>>>;

export interface ServerOptions {
  readonly version: string;
  readonly handlers: Handlers;
  readonly authenticator: Authenticator;
  readonly events: Parameters<typeof serveEvents>[1];
  readonly metrics: ControllerMetrics;
  /** The dashboard's; none: this controller has no dashboard. */
  readonly webFiles: ReadonlyMap<string, WebFile>;
  /** Is told of what nobody meant to happen. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Throws when the server should not be given work. */
  readonly checkReady: () => Promise<void>;
}

/** A request for JSON longer than this is refused: no document that is sent to us is. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;

/** The HTTP server of the controller. Not yet listening. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { version, handlers, authenticator, checkReady } = options;
  const server = Fastify({
    bodyLimit: MOST_BODY_BYTES,
    genReqId: () => `req-${crypto.randomUUID()}`,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
    routerOptions: { maxParamLength: 256 },
    exposeHeadRoutes: false,
    rewriteUrl: ({ url = '/' }) => plainNeutronUrl(url),
    // Lists of ports are asked for by many ids at once.
    http: { maxHeaderSize: 64 * 1024 },
  });
  // A web page may send plain text anywhere without asking; JSON it may not. `/v2.0` takes anything, as Neutron does.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    const { headers, method } = request;
    if (authenticator.isOpen) refuseForeignName(headers.host);
    const secFetchSite = [headers['sec-fetch-site']].flat()[0];
    refuseForeignPage({ method, host: headers.host, secFetchSite, origin: headers.origin });
  });
  addAuthentication(server, authenticator);
  server.setErrorHandler((error: FastifyError | SriovError, request, reply) => {
    const answered = answerError(error, request.id, reply);
    if (reply.statusCode >= 500) options.onError(error, request.id);
    return answered;
  });
  server.setNotFoundHandler((request, reply) => {
    if (/^\/v\d/.test(request.url)) return sendPlainJson(reply.status(404), UNKNOWN_VERSION);
    const error = new SriovError(
      'ROUTE_UNKNOWN',
      `Cannot ${request.method} ${request.url.slice(0, 200)}: there is nothing there`,
    );
    return answerError(error, request.id, reply);
  });
  const isPublic = { config: { isPublic: true } };
  server.get('/healthz', isPublic, async () => ({ status: 'ok' }));
  server.get('/readyz', isPublic, async () => {
    await checkReady();
    return { status: 'ready' };
  });
  serveWeb(server, options.webFiles);
  server.get('/', isPublic, async (request, reply) =>
    options.webFiles.size > 0 && wantsPage(request)
      ? sendToWeb(reply)
      : sendPlainJson(reply, versionsDocument(`${request.protocol}://${request.host}`)),
  );
  const openApi = openApiDocument(version);
  server.get(`${API_ROOT}/openapi.json`, async () => openApi);
  serveEvents(server, options.events, authenticator);
  serveMetrics(server, options.metrics);
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route = ROUTES[name];
    server.route({
      method: route.method,
      url: `${API_ROOT}${route.path}`.replaceAll(/\{(\w+)\}/g, ':$1'),
      // Hosts and their VFs are nobody's in particular: they belong to no project.
      config: { needsAdmin: name !== 'about' },
      schema: { params: route.params, ...(route.body === null ? {} : { body: route.body }) },
      handler: (request) =>
        handlers[name]({
          params: request.params as Record<string, string>,
          query: parseQuery(route.query, request.query),
          body: request.body,
          asker: getIdentity(request),
          origin: originOf(request),
        }),
    });
  }
  return server;
}

/** As bytes: Fastify adds a charset to the type of text, which Neutron does not. */
function sendPlainJson(reply: FastifyReply, document: object): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(JSON.stringify(document)));
}

/** Neutron's other spellings of a path: `/v2.0/ports.json`, `/v2.0/ports/`. */
function plainNeutronUrl(url: string): string {
  const [path = '', ...search] = url.split('?');
  const plain = path.replace(/^(\/v2\.0\/.+?)(?:\.json)?\/?$/, '$1');
  return [plain, ...search].join('?');
}

/** Starts to listen. @throws {SriovError} LISTEN_FAILED */
export async function listen(server: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    await server.listen({ host: address.host, port: address.port });
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new SriovError(
      'LISTEN_FAILED',
      `Cannot listen on ${address.host}:${address.port}: the system answered ${errno}`,
      {
        details: { host: address.host, port: address.port, errno },
        cause,
      },
    );
  }
  const { address: host, port } = server.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function answerError(error: FastifyError | SriovError, requestId: string, reply: FastifyReply): FastifyReply {
  const known = error instanceof SriovError ? error : ofFramework(error);
  return reply
    .status(error instanceof SriovError ? ERROR_STATUS[error.code] : (error.statusCode ?? 500))
    .send(documentOfError(known, requestId));
}

/** What Fastify refuses by itself: forms that do not fit the schema, JSON that is none, bodies too long. */
function ofFramework(error: FastifyError): SriovError {
  const status = error.statusCode ?? 500;
  if (status >= 500) return toSriovError(error);
  return new SriovError('REQUEST_INVALID', `Cannot read the request: ${error.message}`, { cause: error });
}
