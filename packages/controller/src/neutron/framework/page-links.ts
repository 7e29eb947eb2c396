import type { ListQuery } from './read-query.ts';

interface PageLink {
  readonly rel: 'next' | 'previous';
  readonly href: string;
}

/** Links to the pages around one. Like Neutron's, a full page has both: whether something is behind it is not looked up. */
export function pageLinks<Item>(
  url: URL,
  { limit, isReverse }: ListQuery,
  page: readonly Item[],
  idOf: (item: Item) => string,
): readonly PageLink[] {
  const [first] = page;
  const last = page.at(-1);
  if (limit === null || first === undefined || last === undefined) return [];
  const isFull = page.length >= limit;
  const links: PageLink[] = [];
  if (isFull || isReverse) links.push({ rel: 'next', href: hrefOf(url, idOf(last), false) });
  if (isFull || !isReverse) links.push({ rel: 'previous', href: hrefOf(url, idOf(first), true) });
  return links;
}

function hrefOf(url: URL, marker: string, isReverse: boolean): string {
  const search = new URLSearchParams(url.search);
  search.delete('marker');
  search.delete('page_reverse');
  search.set('marker', marker);
  if (isReverse) search.set('page_reverse', 'True');
  return `${url.origin}${url.pathname}?${search.toString()}`;
}
