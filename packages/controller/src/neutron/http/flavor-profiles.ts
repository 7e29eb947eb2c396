import type { FastifyInstance } from 'fastify';
import { getVisible, unwrapOne, viewOf } from '../framework/index.ts';
import { addProfile, dropProfile, FLAVOR, refuseOtherProfile, refuseProvider } from '../resources/flavor.ts';
import { badRequest, forbidden } from '../wire/index.ts';
import { bodyOf, sendJson } from './messages.ts';
import type { NeutronApi } from './neutron-api.ts';

interface Of {
  Params: { readonly flavorId: string; readonly profileId: string };
}

/** `/v2.0/flavors/ID/service_profiles`: which profiles a flavor has. */
export function addFlavorProfiles(server: FastifyInstance, api: NeutronApi): void {
  const all = '/flavors/:flavorId/service_profiles';
  const one = `${all}/:profileId`;
  server.post<Of>(all, async (request, reply) => {
    const { id } = unwrapOne(bodyOf(request), 'service_profile');
    if (typeof id !== 'string')
      throw badRequest("Failed to parse request. Required attribute 'id' not specified");
    const shown = await api.write(request, async (call) => {
      const flavor = await getVisible(call, FLAVOR, request.params.flavorId);
      if (!call.identity.isAdmin) throw forbidden('rule:create_flavor_service_profile');
      return viewOf(FLAVOR, await addProfile(call, flavor, id), call, null);
    });
    // The whole flavor, in the envelope of what was asked for.
    return sendJson(reply.status(201), JSON.stringify({ service_profile: shown }));
  });
  server.get<Of>(one, async (request, reply) => {
    const { flavorId, profileId } = request.params;
    await api.read(request, async (call) => {
      const flavor = await getVisible(call, FLAVOR, flavorId);
      if (!call.identity.isAdmin) throw forbidden('rule:get_flavor_service_profile');
      refuseOtherProfile(flavor, profileId);
    });
    return sendJson(
      reply,
      JSON.stringify({ service_profile: { service_profile_id: profileId, flavor_id: flavorId } }),
    );
  });
  server.get<Of>('/flavors/:flavorId/next_providers', (request) =>
    api.read(request, async (call) =>
      refuseProvider(call, await getVisible(call, FLAVOR, request.params.flavorId)),
    ),
  );
  server.delete<Of>(one, async (request, reply) => {
    const { flavorId, profileId } = request.params;
    await api.write(request, async (call) => {
      const flavor = await getVisible(call, FLAVOR, flavorId);
      if (!call.identity.isAdmin) throw forbidden('rule:delete_flavor_service_profile');
      await dropProfile(call, flavor, profileId);
    });
    return reply.status(204).send();
  });
}
