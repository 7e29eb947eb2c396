import { listObjectIds, listObjects, type ObjectQuery } from '../../store/index.ts';
import { splitFilters, type Test } from './filters.ts';
import { getVisible } from './get-visible.ts';
import { pageLinks } from './page-links.ts';
import type { ListQuery } from './read-query.ts';
import type { Call, Document, Resource } from './resource.ts';
import { isShownAsKept, seenBy, viewOf } from './view.ts';

/**
 * A list as JSON. What the store can find by its index and its order is found there; a document is read only when
 * something of it has to be looked at or left out.
 *
 * @param url of the request, which links to other pages repeat
 */
export async function listAsJson<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  query: ListQuery,
  url: URL,
): Promise<string> {
  // What members cannot be shown one by one, they are shown none of.
  if (resource.rules.get === 'admin' && !call.identity.isAdmin) return envelope(resource, [], []);
  const { where, tests } = splitFilters(resource, query);
  if (resource.compute !== null) {
    const documents = await resource.compute(call, { kind: 'list', filters: query.filters });
    return listOfJson(call, resource, query, url, documents);
  }
  const isByIdOnly = query.sort.every(({ key }) => key === 'id');
  const storeQuery: ObjectQuery = {
    kind: resource.name,
    visibleTo: call.identity.isAdmin ? null : call.identity.projectId,
    where,
    after: null,
    order: query.sort[0]?.isDescending === true ? 'desc' : 'asc',
    limit: null,
  };
  const marker = query.marker === null ? null : await getVisible(call, resource, query.marker);
  if (tests.length === 0 && isByIdOnly) {
    const page: ObjectQuery = {
      ...storeQuery,
      order: query.isReverse ? opposite(storeQuery.order) : storeQuery.order,
      after: marker?.id ?? null,
      limit: query.limit,
    };
    return listByStore(call, resource, query, page, url);
  }
  const bodies = await listObjects(call.db, storeQuery);
  const documents = bodies.map((body) => JSON.parse(body) as Doc);
  return pageAsJson(call, resource, query, url, documents, tests, marker);
}

/**
 * A list, as JSON, of documents that are at hand.
 *
 * @param documents all that the reader may see
 */
export function listOfJson<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  query: ListQuery,
  url: URL,
  documents: readonly Doc[],
): string {
  const { where, tests } = splitFilters({ ...resource, indexed: new Set<string>() }, query);
  const byId = where.map(
    ({ values }): Test =>
      (document) =>
        values.includes(document.id),
  );
  const marker = query.marker === null ? null : documents.find(({ id }) => id === query.marker);
  if (marker === undefined) throw resource.notFound(String(query.marker));
  return pageAsJson(call, resource, query, url, documents, [...byId, ...tests], marker);
}

function pageAsJson<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  query: ListQuery,
  url: URL,
  documents: readonly Doc[],
  tests: readonly Test[],
  marker: Doc | null,
): string {
  const found = documents
    .filter((document) => tests.every((test) => test(seenBy(resource, document, call))))
    .toSorted(orderOf(query));
  const page = pageOf(found, query, marker);
  const shown = page.map((document) => JSON.stringify(viewOf(resource, document, call, query.fields)));
  return envelope(
    resource,
    shown,
    pageLinks(url, query, page, ({ id }) => id),
  );
}

async function listByStore<Doc extends Document>(
  call: Call,
  resource: Resource<Doc>,
  query: ListQuery,
  page: ObjectQuery,
  url: URL,
): Promise<string> {
  const { fields } = query;
  const inOrder = <Item>(items: readonly Item[]): readonly Item[] =>
    query.isReverse ? items.toReversed() : items;
  if (fields !== null && [...fields].every((field) => field === 'id')) {
    const ids = inOrder(await listObjectIds(call.db, page));
    return envelope(
      resource,
      ids.map((id) => `{"id": ${JSON.stringify(id)}}`),
      pageLinks(url, query, ids, (id) => id),
    );
  }
  const bodies = inOrder(await listObjects(call.db, page));
  if (fields === null && isShownAsKept(resource, call)) {
    const idOf = (body: string): string => (JSON.parse(body) as Doc).id;
    return envelope(resource, bodies, pageLinks(url, query, bodies, idOf));
  }
  const documents = bodies.map((body) => JSON.parse(body) as Doc);
  const shown = documents.map((document) => JSON.stringify(viewOf(resource, document, call, fields)));
  return envelope(
    resource,
    shown,
    pageLinks(url, query, documents, ({ id }) => id),
  );
}

function envelope(
  { collection }: Pick<Resource, 'collection'>,
  items: readonly string[],
  links: readonly object[],
): string {
  const more = links.length === 0 ? '' : `, "${collection}_links": ${JSON.stringify(links)}`;
  return `{"${collection}": [${items.join(', ')}]${more}}`;
}

const opposite = (order: 'asc' | 'desc'): 'asc' | 'desc' => (order === 'asc' ? 'desc' : 'asc');

function orderOf({ sort, isReverse }: ListQuery): (a: Document, b: Document) => number {
  // The id decides last, so that pages have one order.
  const keys = [...sort, { key: 'id', isDescending: false }];
  return (a, b) => {
    for (const { key, isDescending } of keys) {
      const order = compare(a[key], b[key]);
      if (order !== 0) return isDescending === isReverse ? order : -order;
    }
    return 0;
  };
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return textOf(a) < textOf(b) ? -1 : 1;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function pageOf<Doc extends Document>(
  documents: readonly Doc[],
  query: ListQuery,
  marker: Doc | null,
): readonly Doc[] {
  const behind = orderOf(query);
  const rest = marker === null ? documents : documents.filter((document) => behind(document, marker) > 0);
  const page = query.limit === null ? rest : rest.slice(0, query.limit);
  return query.isReverse ? page.toReversed() : page;
}
