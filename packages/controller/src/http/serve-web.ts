import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebFile } from './web-files.ts';

/** Where the dashboard is. */
const WEB_ROOT = '/ui';

/** The page runs its own scripts, shows nothing of others, speaks to nobody else, and is shown inside nobody else's page. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // It is asked for again each time, and mostly answered with "as you have it".
  'cache-control': 'no-cache',
} as const;

/**
 * Serves the dashboard. Its files are for everybody: what they show, they ask the API for.
 *
 * @param files by name; none: this controller has no dashboard
 */
export function serveWeb(server: FastifyInstance, files: ReadonlyMap<string, WebFile>): void {
  const isPublic = { config: { isPublic: true } };
  server.get(WEB_ROOT, isPublic, async (_, reply) => reply.redirect(`${WEB_ROOT}/`));
  server.get<{ Params: { readonly '*': string } }>(`${WEB_ROOT}/*`, isPublic, async (request, reply) => {
    const { '*': name } = request.params;
    // What is no file is a page, which the script finds out about.
    const file = files.get(name) ?? (/\.[a-z]+$/.test(name) ? undefined : files.get('index.html'));
    if (file === undefined) return reply.callNotFound();
    return sendFile(request, reply, file);
  });
}

/** Whether a browser asks, for a person. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

export function sendToWeb(reply: FastifyReply): FastifyReply {
  return reply.redirect(`${WEB_ROOT}/`);
}

function sendFile({ headers }: FastifyRequest, reply: FastifyReply, file: WebFile): FastifyReply {
  const { type, body, etag } = file;
  void reply.headers({ ...HEADERS, 'content-type': type, etag, vary: 'accept-encoding' });
  if (headers['if-none-match'] === etag) return reply.status(304).send();
  const takesGzip = headers['accept-encoding']?.includes('gzip') === true;
  return takesGzip ? reply.header('content-encoding', 'gzip').send(file.gzipped) : reply.send(body);
}
