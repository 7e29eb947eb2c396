import { SriovError } from '@virtfn/model';
import { EVENT_KINDS, EventQuery } from '../v1/index.ts';
import { parseQuery } from './parse-query.ts';

/** Which events somebody asks for. */
export interface AskedEvents {
  /** Behind this revision; null: from now on. */
  readonly since: number | null;
  /** null: all. */
  readonly kinds: ReadonlySet<string> | null;
  /** null: about any. */
  readonly hostId: string | null;
}

/**
 * Parses which events a request asks for.
 *
 * @param given what follows the `?`
 * @param lastEventId what a browser sends when it comes back; it goes before `since`
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseAskedEvents(given: unknown, lastEventId: string | null): AskedEvents {
  const { since, kind, host } = parseQuery(EventQuery, given);
  const kinds = kind?.split(',') ?? null;
  refuseUnknownKind(kinds ?? []);
  if (lastEventId !== null && !/^\d{1,15}$/.test(lastEventId)) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot go on behind event "${lastEventId.slice(0, 40)}": it is no revision`,
    );
  }
  return {
    since: lastEventId === null ? (since ?? null) : Number(lastEventId),
    kinds: kinds === null ? null : new Set(kinds),
    hostId: host ?? null,
  };
}

function refuseUnknownKind(kinds: readonly string[]): void {
  const known: readonly string[] = EVENT_KINDS;
  const unknown = kinds.find((kind) => kind !== '' && !known.includes(kind));
  if (unknown === undefined) return;
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot follow "${unknown.slice(0, 40)}": there are no such events`,
    { hint: `There are: ${known.join(', ')}` },
  );
}
