import { badRequest, invalidInput } from '../wire/neutron-error.ts';
import type { Document, Resource } from './resource.ts';

/** What a list asks for. */
export interface ListQuery {
  /** Attribute by attribute: any of the values. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
  /** null: all that the reader may see. */
  readonly fields: ReadonlySet<string> | null;
  readonly sort: readonly { readonly key: string; readonly isDescending: boolean }[];
  /** null: no pages. */
  readonly limit: number | null;
  readonly marker: string | null;
  readonly isReverse: boolean;
  readonly tags: readonly TagFilter[];
}

export interface TagFilter {
  readonly kind: 'tags' | 'tags-any' | 'not-tags' | 'not-tags-any';
  readonly tags: readonly string[];
}

const TAG_FILTERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'] as const;

/** @throws {NeutronError} HTTPBadRequest */
export function readListQuery<Doc extends Document>(
  resource: Resource<Doc>,
  search: URLSearchParams,
): ListQuery {
  const { attributes, filters: others, hasTags } = resource;
  const filters = new Map<string, string[]>();
  const tags: TagFilter[] = [];
  const unknown: string[] = [];
  // No text that is kept has it, and PostgreSQL refuses to look for it.
  if ([...search.values()].some((value) => value.includes('\0')))
    throw badRequest('a query must not contain a null character');
  for (const key of new Set(search.keys())) {
    if (PAGING_KEYS.has(key)) continue;
    const name = key === 'tenant_id' ? 'project_id' : key;
    const values = search.getAll(key);
    const tagFilter = TAG_FILTERS.find((each) => each === key);
    if (hasTags && tagFilter !== undefined)
      tags.push({ kind: tagFilter, tags: values.flatMap((value) => value.split(',')) });
    else if (attributes[name]?.canFilter === true || Object.hasOwn(others, name))
      filters.set(name, [...(filters.get(name) ?? []), ...values]);
    else unknown.push(key);
  }
  if (unknown.length > 0) throw badRequest(`[${quoted(unknown)}] is invalid attribute for filtering`);
  const fields = search.getAll('fields').filter((field) => field !== '');
  return {
    filters,
    fields: fields.length === 0 ? null : new Set(fields),
    sort: readSort(resource, search),
    limit: readLimit(search.get('limit')),
    marker: search.get('marker'),
    isReverse: search.get('page_reverse')?.toLowerCase() === 'true',
    tags,
  };
}

const PAGING_KEYS: ReadonlySet<string> = new Set([
  'fields',
  'limit',
  'marker',
  'page_reverse',
  'sort_key',
  'sort_dir',
]);

function readSort<Doc extends Document>(
  { attributes }: Resource<Doc>,
  search: URLSearchParams,
): ListQuery['sort'] {
  const keys = search.getAll('sort_key');
  const directions = search.getAll('sort_dir');
  if (keys.length !== directions.length && directions.length > 0)
    throw badRequest('The number of sort_keys and sort_dirs must be same');
  const unknown = keys.filter((key) => attributes[key]?.canSort !== true);
  if (unknown.length > 0) throw badRequest(`[${quoted(unknown)}] is invalid attribute for sort_keys`);
  if (directions.some((direction) => direction !== 'asc' && direction !== 'desc'))
    throw badRequest("['asc', 'desc'] are the valid sort directions");
  return keys.map((key, index) => ({
    key: key === 'tenant_id' ? 'project_id' : key,
    isDescending: directions[index] === 'desc',
  }));
}

function readLimit(text: string | null): number | null {
  if (text === null || text === '') return null;
  if (!/^\d{1,9}$/.test(text))
    throw invalidInput(`'limit' must be an integer of 0 or more, not '${text.slice(0, 40)}'`);
  const limit = Number(text);
  return limit === 0 ? null : limit;
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 20)
    .map((name) => `'${name.slice(0, 100)}'`)
    .join(', ');
