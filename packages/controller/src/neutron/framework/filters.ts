import type { ListQuery, TagFilter } from './read-query.ts';
import type { Document, Resource } from './resource.ts';

/** Whether a document is among what is asked for. */
export type Test = (document: Document) => boolean;

/** Which conditions the store answers by its index, and which are asked of each document. */
export interface SplitFilters {
  readonly where: readonly { readonly field: string; readonly values: readonly string[] }[];
  readonly tests: readonly Test[];
}

export function splitFilters<Doc extends Document>(
  resource: Resource<Doc>,
  { filters, tags }: ListQuery,
): SplitFilters {
  const where: SplitFilters['where'][number][] = [];
  const tests: Test[] = [];
  for (const [name, wanted] of filters) {
    const special = Object.hasOwn(resource.filters, name) ? resource.filters[name] : undefined;
    const isIndexed = name === 'id' || resource.indexed.has(name);
    // An empty text asks for objects that have none, and those have no entry in the index.
    if (isIndexed && wanted.every((value) => value !== ''))
      where.push({ field: name, values: [...new Set(wanted)] });
    else if (special === undefined) tests.push((document) => isOneOf(document[name], wanted));
    else {
      const filter = special(wanted);
      where.push(...filter.where);
      if (filter.test !== null) tests.push(filter.test as Test);
    }
  }
  tests.push(
    ...tags.map(
      (filter): Test =>
        (document) =>
          hasTags(document, filter),
    ),
  );
  return { where, tests };
}

/** How Neutron compares an attribute with the words of a query. */
function isOneOf(value: unknown, wanted: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => isOneOf(item, wanted));
  return wanted.some((word) => {
    if (value === null || value === undefined) return word === '';
    if (typeof value === 'boolean')
      return word.toLowerCase() === String(value) || word === String(Number(value));
    return (typeof value === 'string' ? value : JSON.stringify(value)) === word;
  });
}

function hasTags(document: Document, { kind, tags }: TagFilter): boolean {
  const { tags: kept } = document;
  const has = (tag: string): boolean => Array.isArray(kept) && kept.includes(tag);
  if (kind === 'tags') return tags.every(has);
  if (kind === 'tags-any') return tags.some(has);
  return kind === 'not-tags' ? !tags.every(has) : !tags.some(has);
}
