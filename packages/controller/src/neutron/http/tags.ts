import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type Call,
  type Document,
  getVisible,
  replaceDocument,
  type Resource,
  type WriteCall,
} from '../framework/index.ts';
import { InvalidValue, isRecord, type ParseValue, set, text } from '../values/index.ts';
import { forbidden, invalidInput, NeutronError } from '../wire/index.ts';
import { bodyOf, sendJson } from './messages.ts';

interface Of {
  Params: { readonly id: string; readonly tag: string };
}

/** Puts work into one transaction, as the whole API does. */
interface Transactions {
  read<Result>(request: FastifyRequest, work: (call: Call) => Promise<Result>): Promise<Result>;
  write<Result>(request: FastifyRequest, work: (call: WriteCall) => Promise<Result>): Promise<Result>;
}

const parseTag = text(60);
const parseTags = set(parseTag);

/** `/v2.0/networks/ID/tags` and its like, for every resource that has tags. */
export function addTags<Doc extends Document>(
  server: FastifyInstance,
  api: Transactions,
  resource: Resource<Doc>,
): void {
  // Neutron knows policies' tags without `qos/`, and its clients ask for them with it.
  for (const path of new Set([resource.path, resource.collection.replaceAll('_', '-')]))
    addTagsAt(server, api, resource, `/${path}/:id/tags`);
}

function addTagsAt<Doc extends Document>(
  server: FastifyInstance,
  api: Transactions,
  resource: Resource<Doc>,
  all: string,
): void {
  const one = `${all}/:tag`;
  const tagsOf = (request: FastifyRequest<Of>): Promise<readonly string[]> =>
    api.read(request, async (call) => keptTags(await getVisible(call, resource, request.params.id)));
  const change = (
    request: FastifyRequest<Of>,
    action: 'update' | 'delete',
    next: (before: readonly string[]) => readonly string[],
  ): Promise<void> =>
    api.write(request, (call) => changeTags(call, resource, request.params.id, action, next));

  server.get<Of>(all, async (request, reply) =>
    sendJson(reply, JSON.stringify({ tags: await tagsOf(request) })),
  );
  server.put<Of>(all, async (request, reply) => {
    const body = bodyOf(request);
    if (!isRecord(body) || body['tags'] === undefined) throw invalidInput('Invalid tags body');
    const tags = readTags(parseTags, body['tags']);
    await change(request, 'update', () => tags);
    return sendJson(reply, JSON.stringify({ tags }));
  });
  server.delete<Of>(all, async (request, reply) => {
    await change(request, 'delete', () => []);
    return reply.status(204).send();
  });
  server.get<Of>(one, async (request, reply) => {
    const tag = readTags(parseTag, request.params.tag);
    if (!(await tagsOf(request)).includes(tag)) throw tagNotFound(tag);
    return reply.status(204).send();
  });
  server.put<Of>(one, async (request, reply) => {
    const tag = readTags(parseTag, request.params.tag);
    await change(request, 'update', (before) => [...new Set([...before, tag])]);
    return sendJson(reply.status(201), 'null');
  });
  server.delete<Of>(one, async (request, reply) => {
    const tag = readTags(parseTag, request.params.tag);
    await change(request, 'delete', (before) => {
      if (!before.includes(tag)) throw tagNotFound(tag);
      return before.filter((each) => each !== tag);
    });
    return reply.status(204).send();
  });
}

/** Who may change an object may change its tags; what is the same is no change of it. */
async function changeTags<Doc extends Document>(
  call: WriteCall,
  resource: Resource<Doc>,
  id: string,
  action: 'update' | 'delete',
  next: (before: readonly string[]) => readonly string[],
): Promise<void> {
  const before = await getVisible(call, resource, id);
  const { identity } = call;
  const isOwner = before.project_id === identity.projectId && identity.roles.includes('member');
  if (!identity.isAdmin && !(isOwner && resource.rules.update === 'member'))
    throw forbidden(`rule:${action}_${resource.collection}_tags`);
  const kept = keptTags(before);
  const tags = next(kept);
  if (tags.length !== kept.length || tags.some((tag) => !kept.includes(tag)))
    await replaceDocument(call, resource, before, { ...before, tags });
}

function keptTags({ tags }: Document): readonly string[] {
  // Set when the object was made, and by this file.
  return (tags ?? []) as readonly string[];
}

function readTags<Value>(parse: ParseValue<Value>, value: unknown): Value {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof InvalidValue ? invalidInput(error.message) : error;
  }
}

const tagNotFound = (tag: string): NeutronError =>
  new NeutronError(404, 'TagNotFound', `Tag ${tag} could not be found.`);
