import type { FastifyInstance, FastifyRequest } from 'fastify';
import { getIdentity } from '../../http/authentication.ts';
import {
  activateBinding,
  BINDING_ATTRIBUTES,
  createBinding,
  findBinding,
  listBindings,
  removeBinding,
  updateBinding,
} from '../binding/port-bindings.ts';
import type { PortDocument } from '../documents/index.ts';
import { getVisible, readForCreate, readForUpdate, unwrapOne, type WriteCall } from '../framework/index.ts';
import { PORT } from '../resources/port.ts';
import { forbidden } from '../wire/neutron-error.ts';
import { bodyOf, fieldsOf, type NeutronApi, sendJson, urlOf } from './neutron-api.ts';

interface Of {
  Params: { readonly portId: string; readonly host: string };
}

const TABLE = { attributes: BINDING_ATTRIBUTES };

/** `/v2.0/ports/ID/bindings`: what Nova calls to move a guest from host to host. */
export function addBindings(server: FastifyInstance, api: NeutronApi): void {
  const all = '/ports/:portId/bindings';
  const one = `${all}/:host`;

  const change = <Result>(
    request: FastifyRequest<Of>,
    action: 'create' | 'update' | 'delete' | 'activate',
    work: (call: WriteCall, port: PortDocument, host: string) => Promise<Result>,
  ): Promise<Result> =>
    api.write(request, async (call) => {
      const port = await getVisible(call, PORT, request.params.portId);
      if (!call.identity.isAdmin) throw forbidden(`rule:${action}_port_binding`);
      return work(call, port, request.params.host);
    });

  server.get<Of>(all, async (request, reply) => {
    const bindings = await api.read(request, async (call) => {
      const found = await listBindings(call, await getVisible(call, PORT, request.params.portId));
      return call.identity.isAdmin ? found : [];
    });
    return sendJson(reply, JSON.stringify({ bindings: bindings.map((each) => pick(each, request)) }));
  });
  server.get<Of>(one, async (request, reply) => {
    const binding = await api.read(request, async (call) => {
      const port = await getVisible(call, PORT, request.params.portId);
      const found = await findBinding(call, port, request.params.host);
      if (!call.identity.isAdmin) throw forbidden('rule:get_port_binding');
      return found;
    });
    return sendJson(reply, JSON.stringify({ binding: pick(binding, request) }));
  });
  server.post<Of>(all, async (request, reply) => {
    const given = readForCreate(TABLE, unwrapOne(bodyOf(request), 'binding'), getIdentity(request));
    const binding = await change(request, 'create', (call, port) => createBinding(call, port, given));
    return sendJson(reply.status(201), JSON.stringify({ binding }));
  });
  server.put<Of>(one, async (request, reply) => {
    const given = readForUpdate(TABLE, unwrapOne(bodyOf(request), 'binding'));
    const binding = await change(request, 'update', (call, port, host) =>
      updateBinding(call, port, host, given),
    );
    return sendJson(reply, JSON.stringify({ binding }));
  });
  // Without an envelope, as Neutron answers here and nowhere else.
  server.put<Of>(`${one}/activate`, async (request, reply) =>
    sendJson(reply, JSON.stringify(await change(request, 'activate', activateBinding))),
  );
  server.delete<Of>(one, async (request, reply) => {
    await change(request, 'delete', removeBinding);
    return reply.status(204).send();
  });
}

function pick(binding: object, request: FastifyRequest): object {
  const fields = fieldsOf(urlOf(request));
  if (fields === null) return binding;
  return Object.fromEntries(Object.entries(binding).filter(([name]) => fields.has(name)));
}
