import type { FastifyInstance } from 'fastify';
import { ensureDefaultSecurityGroup, findDefaultSecurityGroup } from '../resources/default-security-group.ts';
import { SECURITY_GROUP } from '../resources/security-group.ts';
import { SECURITY_GROUP_RULE } from '../resources/security-group-rule.ts';
import type { NeutronApi } from './neutron-api.ts';

/** `/v2.0/security-groups` and their rules: whoever looks has the default group of his project made, as in Neutron. */
export function addSecurityGroups(server: FastifyInstance, api: NeutronApi): void {
  void server.register(async (scope) => {
    scope.addHook('preHandler', async (request) => {
      if (request.method !== 'GET') return;
      const isThere = await api.read(
        request,
        async (call) => (await findDefaultSecurityGroup(call, call.identity.projectId)) !== undefined,
      );
      if (!isThere)
        await api.write(request, (call) => ensureDefaultSecurityGroup(call, call.identity.projectId));
    });
    api.addResource(scope, SECURITY_GROUP);
    api.addResource(scope, SECURITY_GROUP_RULE);
  });
}
