import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../framework/index.ts';

/** The body as JSON; none at all is null. @throws {NeutronError} HTTPBadRequest */
export function bodyOf({ body }: FastifyRequest): unknown {
  return typeof body === 'string' && body !== '' ? parseJson(body) : null;
}

export function urlOf(request: FastifyRequest): URL {
  return new URL(request.originalUrl, `${request.protocol}://${request.host}`);
}

export function fieldsOf(url: URL): ReadonlySet<string> | null {
  const fields = url.searchParams.getAll('fields').filter((field) => field !== '');
  return fields.length === 0 ? null : new Set(fields);
}

/** As bytes: Fastify adds a charset to the type of text, which Neutron does not. */
export function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.header('content-type', 'application/json').send(Buffer.from(json));
}
