import { nextTurn } from './next-turn.ts';
import type { ReportedHost } from './reported-host.ts';

/** Which part of a list is asked for. */
export interface PageQuery {
  /** Only of this host. */
  readonly host?: string;
  readonly limit?: number;
  /** The key of the last row that was seen. */
  readonly marker?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** `marker` of the next page; null: this is the last one. */
  readonly next: string | null;
}

/** A row with its place in the list: `HOST/…`, in the order of the texts. */
export interface Keyed<Row> {
  readonly key: string;
  readonly row: Row;
}

const USUAL_LIMIT = 100;
/** Hosts that are looked at in one go: between them other requests get their turn. */
const HOSTS_AT_ONCE = 20;

/**
 * One page of a list that goes over hosts. Looks at no more of them than it needs, so that a fleet of a million VFs is
 * never in one answer.
 *
 * @param hosts by name
 * @param rowsOf the rows of some hosts, in any order
 */
export async function pageOfHosts<Row>(
  hosts: readonly ReportedHost[],
  query: PageQuery,
  rowsOf: (hosts: readonly ReportedHost[]) => Promise<readonly Keyed<Row>[]>,
): Promise<Page<Row>> {
  const { host, marker = '', limit = USUAL_LIMIT } = query;
  const from = marker.split('/')[0] ?? '';
  const wanted = hosts.filter(
    ({ observed }) => observed.hostId >= from && (host === undefined || observed.hostId === host),
  );
  const found: Keyed<Row>[] = [];
  for (let start = 0; start < wanted.length && found.length <= limit; start += HOSTS_AT_ONCE) {
    if (start > 0) await nextTurn();
    const rows = await rowsOf(wanted.slice(start, start + HOSTS_AT_ONCE));
    found.push(...rows.filter(({ key }) => isBehind(key, marker)).toSorted((a, b) => compare(a.key, b.key)));
  }
  const page = found.slice(0, limit);
  const next = found.length > limit ? (page.at(-1)?.key ?? null) : null;
  return { rows: page.map(({ row }) => row), next };
}

const isBehind = (key: string, marker: string): boolean => marker === '' || compare(key, marker) > 0;

/** By its parts: `fish/b` is before `fish-1/a`, although a dash is before a slash. */
function compare(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length - right.length;
}
