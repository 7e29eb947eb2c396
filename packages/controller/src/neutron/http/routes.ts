import type { FastifyInstance } from 'fastify';
import { EXTENSIONS } from '../extensions.ts';
import {
  ADDRESS_GROUP,
  ADDRESS_SCOPE,
  AGENT,
  AVAILABILITY_ZONE,
  FLAVOR,
  NETWORK,
  NETWORK_IP_AVAILABILITY,
  PORT,
  QOS_POLICY,
  QOS_RULE_TYPE,
  RBAC_POLICY,
  SEGMENT,
  SERVICE_PROFILE,
  SERVICE_PROVIDER,
  SUBNET,
  SUBNETPOOL,
  TRUNK,
} from '../resources/index.ts';
import { resourceNotFound } from '../wire/index.ts';
import { addActions } from './actions.ts';
import { addBindings } from './bindings.ts';
import { refusalOf } from './errors.ts';
import { addFlavorProfiles } from './flavor-profiles.ts';
import { NeutronApi, type NeutronApiOptions, sendJson, urlOf } from './neutron-api.ts';
import { addSecurityGroups } from './security-groups.ts';
import { addQosRules } from './qos-rules.ts';
import { addQuotas } from './quotas.ts';
import { resourcesDocument } from './versions.ts';

/** Adds `/v2.0`. @param onError is told of what nobody meant to happen */
export function addNeutronApi(
  server: FastifyInstance,
  options: NeutronApiOptions & { readonly onError: (error: unknown, requestId: string) => void },
): void {
  void server.register(
    async (scope) => {
      // Bodies are read here whatever their type says, as Neutron does, and refused in its words.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      scope.addHook('onRequest', async (request, reply) => {
        void reply.header('x-openstack-request-id', request.id);
      });
      scope.setErrorHandler((error, request, reply) => {
        const { status, body } = refusalOf(error);
        if (status >= 500) options.onError(error, request.id);
        return sendJson(reply.status(status), body);
      });
      scope.setNotFoundHandler((request, reply) => {
        void reply.header('x-openstack-request-id', request.id);
        const { status, body } = refusalOf(resourceNotFound());
        return sendJson(reply.status(request.method === 'HEAD' ? 405 : status), body);
      });
      addDiscovery(scope);
      const api = new NeutronApi(options);
      addResources(scope, api);
      addQuotas(scope, api, options.settings);
    },
    { prefix: '/v2.0' },
  );
}

function addDiscovery(scope: FastifyInstance): void {
  scope.get('/', { prefixTrailingSlash: 'slash' }, async (request, reply) =>
    sendJson(reply, JSON.stringify(resourcesDocument(urlOf(request).origin))),
  );
  const all = JSON.stringify({ extensions: [...EXTENSIONS.values()] });
  scope.get('/extensions', async (_request, reply) => sendJson(reply, all));
  scope.get<{ Params: { alias: string } }>('/extensions/:alias', async ({ params }, reply) => {
    const extension = EXTENSIONS.get(params.alias);
    if (extension !== undefined) return sendJson(reply, JSON.stringify({ extension }));
    // This one answer comes from another part of Neutron, and has another form.
    const missing = {
      message: `The resource could not be found.<br /><br />\nExtension with alias ${params.alias} does not exist\n\n`,
      code: '404 Not Found',
      title: 'Not Found',
    };
    return sendJson(reply.status(404), JSON.stringify(missing));
  });
}

function addResources(scope: FastifyInstance, api: NeutronApi): void {
  api.addResource(scope, NETWORK);
  api.addResource(scope, SEGMENT);
  api.addResource(scope, SUBNET);
  api.addResource(scope, PORT);
  addSecurityGroups(scope, api);
  api.addResource(scope, ADDRESS_GROUP);
  api.addResource(scope, ADDRESS_SCOPE);
  api.addResource(scope, SUBNETPOOL);
  api.addResource(scope, RBAC_POLICY);
  api.addResource(scope, TRUNK);
  addActions(scope, api);
  addBindings(scope, api);
  api.addResource(scope, QOS_POLICY);
  api.addResource(scope, QOS_RULE_TYPE);
  addQosRules(scope, api);
  api.addResource(scope, AGENT);
  api.addResource(scope, NETWORK_IP_AVAILABILITY);
  api.addResource(scope, AVAILABILITY_ZONE);
  api.addResource(scope, SERVICE_PROVIDER);
  api.addResource(scope, FLAVOR);
  api.addResource(scope, SERVICE_PROFILE);
  addFlavorProfiles(scope, api);
}
