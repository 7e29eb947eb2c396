import type { WebFile } from './web-file.ts';

/** Where the dashboard is. */
export const WEB_ROOT = '/ui';

/** The page runs its own scripts, shows nothing of others, speaks to nobody else, and is shown inside nobody else's page. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // It is asked for again each time, and mostly answered with "as you have it".
  'cache-control': 'no-cache',
} as const;

/** What a browser says of what it takes and has. */
export interface AskedWith {
  readonly 'accept-encoding'?: string | readonly string[] | undefined;
  readonly 'if-none-match'?: string | undefined;
}

export interface WebAnswer {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** null: as the browser has it. */
  readonly body: Buffer | null;
}

/**
 * Answers a request for a file, or for a page, which the script of the one page finds out about.
 *
 * @param name what stands behind `/ui/`
 * @returns null: there is no such file
 */
export function answerWebFile(
  files: ReadonlyMap<string, WebFile>,
  name: string,
  asked: AskedWith,
): WebAnswer | null {
  const file = files.get(name) ?? (looksLikeFile(name) ? undefined : files.get('index.html'));
  if (file === undefined) return null;
  const { type, etag } = file;
  const headers = { ...HEADERS, 'content-type': type, etag, vary: 'accept-encoding' };
  if (asked['if-none-match'] === etag) return { status: 304, headers, body: null };
  const takesGzip = asked['accept-encoding']?.includes('gzip') === true;
  return takesGzip
    ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: file.gzipped }
    : { status: 200, headers, body: file.body };
}

/** Files lie in no folder: below one, `compute1.example` is the name of a host. */
const looksLikeFile = (name: string): boolean => /^[^/]+\.[a-z]+$/.test(name);
