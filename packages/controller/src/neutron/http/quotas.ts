import type { FastifyInstance } from 'fastify';
import { getIdentity } from '../../http/authentication.ts';
import { readForUpdate, unwrapOne } from '../framework/index.ts';
import {
  getDefaultQuota,
  getQuota,
  getQuotaDetails,
  listQuotas,
  quotaAttributes,
  removeQuota,
  updateQuota,
} from '../resources/quota.ts';
import type { NeutronSettings } from '../settings.ts';
import { bodyOf, type NeutronApi, sendJson } from './neutron-api.ts';

interface Of {
  Params: { readonly projectId: string };
}

/** `/v2.0/quotas`: how much a project may have. */
export function addQuotas(
  server: FastifyInstance,
  api: NeutronApi,
  settings: Pick<NeutronSettings, 'quotas'>,
): void {
  const one = '/quotas/:projectId';
  const table = { attributes: quotaAttributes(settings) };
  server.get('/quotas', async (request, reply) =>
    sendJson(reply, JSON.stringify({ quotas: await api.read(request, listQuotas) })),
  );
  // Whose limits one has, in both words.
  for (const word of ['tenant', 'project'] as const) {
    server.get(`/quotas/${word}`, async (request, reply) =>
      sendJson(reply, JSON.stringify({ [word]: { [`${word}_id`]: getIdentity(request).projectId } })),
    );
  }
  server.get<Of>(one, async (request, reply) => {
    const quota = await api.read(request, (call) => getQuota(call, request.params.projectId));
    return sendJson(reply, JSON.stringify({ quota }));
  });
  server.get<Of>(`${one}/default`, async (request, reply) => {
    const quota = await api.read(request, async (call) => getDefaultQuota(call, request.params.projectId));
    return sendJson(reply, JSON.stringify({ quota }));
  });
  server.get<Of>(`${one}/details`, async (request, reply) => {
    const quota = await api.read(request, (call) => getQuotaDetails(call, request.params.projectId));
    return sendJson(reply, JSON.stringify({ quota }));
  });
  server.put<Of>(one, async (request, reply) => {
    const given = readForUpdate(table, unwrapOne(bodyOf(request), 'quota'));
    const quota = await api.write(request, (call) => updateQuota(call, request.params.projectId, given));
    return sendJson(reply, JSON.stringify({ quota }));
  });
  server.delete<Of>(one, async (request, reply) => {
    await api.write(request, (call) => removeQuota(call, request.params.projectId));
    return reply.status(204).send();
  });
}
