import type { FastifyInstance } from 'fastify';
import {
  authorizeGiven,
  authorizeOwner,
  type Document,
  getVisible,
  type Resource,
  type WriteCall,
} from '../framework/index.ts';

import { ADDRESS_GROUP, addAddresses, addressPrefixes, removeAddresses } from '../resources/address-group.ts';
import { addPrefixes, poolPrefixes, removePrefixes, SUBNETPOOL } from '../resources/subnetpool.ts';
import { addSubPorts, removedSubPorts, removeSubPorts, subPorts, TRUNK } from '../resources/trunk.ts';
import { InvalidValue, isRecord, type ParseValue } from '../values/index.ts';
import { badRequest } from '../wire/neutron-error.ts';
import { bodyOf, type NeutronApi, sendJson } from './neutron-api.ts';

/** A change of a part of an object: `PUT /v2.0/COLLECTION/ID/ACTION`. */
interface Action<Doc extends Document, Part> {
  readonly resource: Resource<Doc>;
  readonly action: string;
  /** The only key of the body, and how its value is read. */
  readonly key: string;
  readonly parse: ParseValue<Part>;
  readonly change: (call: WriteCall, document: Doc, part: Part) => Promise<Doc>;
  readonly answer: (document: Doc) => object;
}

/** Adding to lists of an object, and taking from them. */
export function addActions(server: FastifyInstance, api: NeutronApi): void {
  const addresses = {
    resource: ADDRESS_GROUP,
    key: 'addresses',
    parse: addressPrefixes,
    answer: (group: object) => ({ address_group: group }),
  };
  addAction(server, api, { ...addresses, action: 'add_addresses', change: addAddresses });
  addAction(server, api, { ...addresses, action: 'remove_addresses', change: removeAddresses });
  const prefixes = {
    resource: SUBNETPOOL,
    key: 'prefixes',
    parse: poolPrefixes,
    answer: (pool: { readonly prefixes: readonly string[] }) => ({ prefixes: pool.prefixes }),
  };
  addAction(server, api, { ...prefixes, action: 'add_prefixes', change: addPrefixes });
  addAction(server, api, { ...prefixes, action: 'remove_prefixes', change: removePrefixes });
  // Without an envelope, as Neutron answers here.
  const ports = { resource: TRUNK, key: 'sub_ports', answer: (trunk: object) => trunk };
  addAction(server, api, { ...ports, action: 'add_subports', parse: subPorts, change: addSubPorts });
  addAction(server, api, {
    ...ports,
    action: 'remove_subports',
    parse: removedSubPorts,
    change: removeSubPorts,
  });
  server.get<{ Params: { id: string } }>('/trunks/:id/get_subports', async (request, reply) => {
    const trunk = await api.read(request, (call) => getVisible(call, TRUNK, request.params.id));
    return sendJson(reply, JSON.stringify({ sub_ports: trunk.sub_ports }));
  });
}

function addAction<Doc extends Document, Part>(
  server: FastifyInstance,
  api: NeutronApi,
  { resource, action, key, parse, change, answer }: Action<Doc, Part>,
): void {
  server.put<{ Params: { id: string } }>(`/${resource.path}/:id/${action}`, async (request, reply) => {
    const part = readPart(bodyOf(request), key, parse);
    const document = await api.write(request, async (call) => {
      const before = await getVisible(call, resource, request.params.id);
      authorizeOwner(resource, before, 'update', call.identity);
      authorizeGiven(resource, 'update', {}, call.identity, false);
      return change(call, before, part);
    });
    return sendJson(reply, JSON.stringify(answer(document)));
  });
}

function readPart<Part>(body: unknown, key: string, parse: ParseValue<Part>): Part {
  const given = isRecord(body) ? Object.keys(body) : [];
  if (!isRecord(body) || given.length !== 1 || given[0] !== key)
    throw badRequest(`Invalid input: the body must have the key '${key}' and no other`);
  try {
    return parse(body[key]);
  } catch (error) {
    if (error instanceof InvalidValue)
      throw badRequest(`Invalid input for ${key}. Reason: ${error.message}.`);
    throw error;
  }
}
