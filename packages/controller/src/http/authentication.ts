import { isDeepStrictEqual } from 'node:util';
import { API_ROOT } from '@virtfn/contract';
import { isSriovError, SriovError } from '@virtfn/model';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../audit/index.ts';
import type { Authenticator, Identity } from '../auth/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that are public. Handlers of all others take it by `getIdentity`. */
    identity: Identity | null;
  }
  interface FastifyContextConfig {
    /** Answers whoever asks. A route that does not say so is for those who have proved who they are. */
    readonly isPublic?: boolean;
    /** Answers administrators only. */
    readonly needsAdmin?: boolean;
  }
}

const NEUTRON_ROOT = '/v2.0';
/** What Keystone's own middleware answers, byte for byte. As bytes, because Fastify adds a charset to the type of text. */
const NEUTRON_REFUSAL = Buffer.from(
  '{"error": {"code": 401, "title": "Unauthorized", "message": "The request you have made requires authentication."}}',
);

/**
 * Finds out who asks before anything else is done for him. Goes by the route that was found and not by the path: one route has
 * many spellings.
 */
export function addAuthentication(server: FastifyInstance, authenticator: Authenticator): void {
  server.decorateRequest('identity', null);
  server.addHook('onRequest', async (request, reply) => {
    const { isPublic = false, needsAdmin = false } = request.routeOptions.config;
    if (isPublic || (request.is404 && !isBelowApi(request.url))) return;
    try {
      request.identity = await authenticator.authenticate(request.headers);
    } catch (error) {
      if (!isSriovError(error, 'AUTHENTICATION_FAILED')) throw error;
      void reply.headers(authenticator.challenge());
      if (!isBelow(NEUTRON_ROOT, request.url)) throw error;
      return reply
        .status(401)
        .headers({ 'content-type': 'application/json', 'x-openstack-request-id': request.id })
        .send(NEUTRON_REFUSAL);
    }
    if (needsAdmin && !request.identity.isAdmin) throw refuseRole(request);
  });
}

/** Whether somebody who asked some time ago still is who he was; while nobody can say, he is. */
export async function isStillAsker(authenticator: Authenticator, request: FastifyRequest): Promise<boolean> {
  try {
    return isDeepStrictEqual(await authenticator.authenticate(request.headers), getIdentity(request));
  } catch (error) {
    return !isSriovError(error, 'AUTHENTICATION_FAILED');
  }
}

/** Who asks. @throws {SriovError} INTERNAL on a route that is public */
export function getIdentity({ identity, url }: FastifyRequest): Identity {
  if (identity !== null) return identity;
  throw new SriovError('INTERNAL', `Cannot say who asks for ${url.slice(0, 200)}: the route is public`);
}

/** Who asks for which change, for the audit log. @throws {SriovError} INTERNAL on a route that is public */
export function originOf(request: FastifyRequest): RequestOrigin {
  const { id, method, routeOptions, params } = request;
  const { userId, userName, projectId } = getIdentity(request);
  return {
    requestId: id,
    method,
    route: routeOptions.url ?? '',
    params: params as Readonly<Record<string, string>>,
    userId,
    userName,
    projectId,
  };
}

/** What is not there needs no proof, but whoever has none is not told what is there below the API. */
const isBelowApi = (url: string): boolean => isBelow(NEUTRON_ROOT, url) || isBelow(API_ROOT, url);

const isBelow = (root: string, url: string): boolean =>
  url.startsWith(root) && ['/', '?', undefined].includes(url[root.length]);

function refuseRole({ method, url }: FastifyRequest): SriovError {
  return new SriovError(
    'ROLE_MISSING',
    `Cannot ${method} ${url.slice(0, 200)}: it is for administrators only`,
  );
}
