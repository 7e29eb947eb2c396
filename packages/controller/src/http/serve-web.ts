import { answerWebFile, WEB_ROOT, type WebFile } from '@virtfn/web-files';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Serves the dashboard. Its files are for everybody: what they show, they ask the API for.
 *
 * @param files by name; none: this controller has no dashboard
 */
export function serveWeb(server: FastifyInstance, files: ReadonlyMap<string, WebFile>): void {
  const isPublic = { config: { isPublic: true } };
  server.get(WEB_ROOT, isPublic, async (_, reply) => reply.redirect(`${WEB_ROOT}/`));
  server.get<{ Params: { readonly '*': string } }>(`${WEB_ROOT}/*`, isPublic, async (request, reply) => {
    const answer = answerWebFile(files, request.params['*'], request.headers);
    if (answer === null) return reply.callNotFound();
    const { status, headers, body } = answer;
    return reply
      .status(status)
      .headers(headers)
      .send(body ?? undefined);
  });
}

/** Whether a browser asks, for a person. */
export function wantsPage({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

export function sendToWeb(reply: FastifyReply): FastifyReply {
  return reply.redirect(`${WEB_ROOT}/`);
}
