import type { FastifyInstance, FastifyRequest } from 'fastify';
import { audited } from '../../audit/index.ts';
import { getIdentity, originOf } from '../../http/authentication.ts';
import type { Store } from '../../store/index.ts';
import {
  type Call,
  createObject,
  type Document,
  getVisible,
  listAsJson,
  readForCreate,
  readForUpdate,
  readListQuery,
  removeObjectOf,
  type Resource,
  unwrapMany,
  unwrapOne,
  updateObject,
  viewOf,
  type WriteCall,
} from '../framework/index.ts';
import type { NeutronSettings } from '../settings.ts';
import { badRequest } from '../wire/neutron-error.ts';
import { bodyOf, fieldsOf, sendJson, urlOf } from './messages.ts';
import { addTags } from './tags.ts';

export { bodyOf, fieldsOf, sendJson, urlOf } from './messages.ts';

export interface NeutronApiOptions {
  readonly store: Store;
  readonly settings: NeutronSettings;
}

/** Between HTTP and the resources: requests are read, put into one transaction, and their outcome is written out. */
export class NeutronApi {
  readonly #store: Store;
  readonly #settings: NeutronSettings;

  constructor({ store, settings }: NeutronApiOptions) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Reads for a request. */
  read<Result>(request: FastifyRequest, work: (call: Call) => Promise<Result>): Promise<Result> {
    const identity = getIdentity(request);
    return this.#store.read('answer a request', (db) => work({ identity, settings: this.#settings, db }));
  }

  /** Changes for a request, all or nothing. */
  write<Result>(request: FastifyRequest, work: (call: WriteCall) => Promise<Result>): Promise<Result> {
    const identity = getIdentity(request);
    return this.#store.write(
      'make a change',
      audited(originOf(request), (write) =>
        work({ identity, settings: this.#settings, db: write.db, write }),
      ),
    );
  }

  /** Adds the five operations of a resource, as far as it has them. */
  addResource<Doc extends Document>(server: FastifyInstance, resource: Resource<Doc>): void {
    const { path, collection, name, rules } = resource;
    const at = `/${path}`;
    const one = `${at}/:id`;
    server.get(at, async (request, reply) => {
      const url = urlOf(request);
      const query = readListQuery(resource, url.searchParams);
      return sendJson(reply, await this.read(request, (call) => listAsJson(call, resource, query, url)));
    });
    server.get<{ Params: { id: string } }>(one, async (request, reply) => {
      const fields = fieldsOf(urlOf(request));
      const shown = await this.read(request, async (call) =>
        viewOf(resource, await getVisible(call, resource, request.params.id), call, fields),
      );
      return sendJson(reply, JSON.stringify({ [name]: shown }));
    });
    if (rules.create !== null) {
      server.post(at, async (request, reply) => {
        const { isBulk, items } = unwrapMany(bodyOf(request), resource);
        const identity = getIdentity(request);
        const all = items.map((raw) => ({
          raw,
          given: readForCreate(resource, raw, identity),
        }));
        const made = await this.write(request, async (call) => {
          const documents: object[] = [];
          for (const { raw, given } of all)
            documents.push(changed(resource, await createObject(call, resource, raw, given), call));
          return documents;
        });
        void reply.status(201);
        return sendJson(reply, JSON.stringify(isBulk ? { [collection]: made } : { [name]: made[0] }));
      });
    }
    if (rules.update !== null) {
      server.put<{ Params: { id: string } }>(one, async (request, reply) => {
        const raw = unwrapOne(bodyOf(request), name);
        const given = readForUpdate(resource, raw);
        const revision = wantedRevision(request);
        const shown = await this.write(request, async (call) => {
          const document = await updateObject(call, resource, request.params.id, given, revision);
          return changed(resource, document, call);
        });
        return sendJson(reply, JSON.stringify({ [name]: shown }));
      });
    }
    if (rules.remove !== null) {
      server.delete<{ Params: { id: string } }>(one, async (request, reply) => {
        const revision = wantedRevision(request);
        await this.write(request, (call) => removeObjectOf(call, resource, request.params.id, revision));
        return reply.status(204).send();
      });
    }
    if (resource.hasTags) addTags(server, this, resource);
    // Without an id Neutron looks for the object "None".
    const withoutId = async (): Promise<never> => {
      throw resource.notFound('None');
    };
    server.put(at, withoutId);
    server.delete(at, withoutId);
  }
}

/** A document as the answer to its own change shows it. */
function changed<Doc extends Document>(resource: Resource<Doc>, document: Doc, call: Call): object {
  const { changeView } = resource;
  return viewOf(resource, changeView === null ? document : changeView(document), call, null);
}

/** `If-Match: revision_number=5`; null: any. */
function wantedRevision({ headers }: FastifyRequest): number | null {
  const condition = headers['if-match'];
  if (condition === undefined) return null;
  const found = /^revision_number=(\d{1,15})$/.exec(condition);
  if (found === null) throw badRequest(`Invalid 'If-Match' header: it must be revision_number=N`);
  return Number(found[1]);
}
