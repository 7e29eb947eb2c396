import { SriovError } from '@virtfn/model';

/**
 * Parses a bound of the time in which steps are asked for.
 *
 * @returns ISO 8601 in UTC, as steps have it, so that texts compare as times do; null: no bound
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseAskedTime(text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new SriovError('REQUEST_INVALID', `Cannot read the query: "${text.slice(0, 40)}" is no time`, {
    hint: 'Write it as 2026-01-02T03:04:05Z',
  });
}

/** What is answered to whoever goes on behind a step with a marker that no list of steps has given. */
export function unknownMarker(marker: string): SriovError {
  return new SriovError(
    'REQUEST_INVALID',
    `Cannot read the query: "${marker.slice(0, 40)}" is no marker of this list`,
  );
}
