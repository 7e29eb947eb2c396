import type { FastifyInstance, FastifyRequest } from 'fastify';
import { getIdentity } from '../../http/authentication.ts';
import {
  listOfJson,
  readForCreate,
  readForUpdate,
  readListQuery,
  unwrapOne,
  viewOf,
} from '../framework/index.ts';
import {
  createRule,
  getRule,
  listRules,
  removeRule,
  type RulePlace,
  updateRule,
} from '../resources/qos-rules.ts';
import { QOS_RULE_TYPES, type QosRuleType } from '../resources/qos-rule-types.ts';
import { bodyOf, fieldsOf, type NeutronApi, sendJson, urlOf } from './neutron-api.ts';

interface Of {
  Params: { readonly policyId?: string; readonly ruleId: string };
}

/** `/v2.0/qos/policies/ID/bandwidth_limit_rules` and its like, and rules by their own id alone. */
export function addQosRules(server: FastifyInstance, api: NeutronApi): void {
  for (const ruleType of QOS_RULE_TYPES) {
    const { name, collection } = ruleType.resource;
    const all = `/qos/policies/:policyId/${collection}`;
    addCollection(server, api, ruleType, all);
    addOne(server, api, ruleType, { path: `${all}/:ruleId`, envelope: name });
    addOne(server, api, ruleType, {
      path: `/qos/alias-${collection.replaceAll('_', '-')}/:ruleId`,
      envelope: `alias_${name}`,
    });
  }
}

function addCollection(server: FastifyInstance, api: NeutronApi, ruleType: QosRuleType, path: string): void {
  const { resource } = ruleType;
  server.get<{ Params: { readonly policyId: string } }>(path, async (request, reply) => {
    const url = urlOf(request);
    const query = readListQuery(resource, url.searchParams);
    const json = await api.read(request, async (call) =>
      listOfJson(call, resource, query, url, await listRules(call, ruleType, request.params.policyId)),
    );
    return sendJson(reply, json);
  });
  server.post<{ Params: { readonly policyId: string } }>(path, async (request, reply) => {
    const raw = unwrapOne(bodyOf(request), resource.name);
    const given = readForCreate(resource, raw, getIdentity(request));
    const shown = await api.write(request, async (call) => {
      const rule = await createRule(call, ruleType, request.params.policyId, given);
      return viewOf(resource, rule, call, null);
    });
    return sendJson(reply.status(201), JSON.stringify({ [resource.name]: shown }));
  });
}

function addOne(
  server: FastifyInstance,
  api: NeutronApi,
  ruleType: QosRuleType,
  { path, envelope }: { readonly path: string; readonly envelope: string },
): void {
  const { resource } = ruleType;
  server.get<Of>(path, async (request, reply) => {
    const shown = await api.read(request, async (call) =>
      viewOf(resource, await getRule(call, ruleType, placeOf(request)), call, fieldsOf(urlOf(request))),
    );
    return sendJson(reply, JSON.stringify({ [envelope]: shown }));
  });
  server.put<Of>(path, async (request, reply) => {
    const given = readForUpdate(resource, unwrapOne(bodyOf(request), envelope));
    const shown = await api.write(request, async (call) =>
      viewOf(resource, await updateRule(call, ruleType, placeOf(request), given), call, null),
    );
    return sendJson(reply, JSON.stringify({ [envelope]: shown }));
  });
  server.delete<Of>(path, async (request, reply) => {
    await api.write(request, (call) => removeRule(call, ruleType, placeOf(request)));
    return reply.status(204).send();
  });
}

function placeOf({ params }: FastifyRequest<Of>): RulePlace {
  return { policyId: params.policyId ?? null, ruleId: params.ruleId };
}
