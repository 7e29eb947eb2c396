import { SriovError } from '@virtfn/model';

/** What of a request tells which page a browser makes it for. Who is no browser sends neither of the last two. */
interface Asking {
  readonly method: string;
  readonly host: string | undefined;
  /** Of browsers, to HTTPS and to this machine (https://www.w3.org/TR/fetch-metadata/). */
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
}

const LOOKING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The same origin, or somebody who typed the address. */
const OWN: ReadonlySet<string> = new Set(['same-origin', 'none']);

/**
 * A page of somebody else can have a browser post a form to any server that the browser reaches, with the password that the
 * browser has for it. It cannot read answers, so only changes are refused.
 *
 * @throws {SriovError} PERMISSION_DENIED
 */
export function refuseForeignPage({ method, host, secFetchSite, origin }: Asking): void {
  if (LOOKING.has(method)) return;
  // Behind a proxy the host may be another one than the browser's: what the browser says itself is asked first.
  const isOwn =
    secFetchSite === undefined ? origin === undefined || isAt(origin, host) : OWN.has(secFetchSite);
  if (isOwn) return;
  throw new SriovError('PERMISSION_DENIED', 'Cannot make a change that the page of somebody else asks for', {
    hint: 'Use the dashboard of this controller itself; programs send neither Origin nor Sec-Fetch-Site',
  });
}

/** Whether a page's origin is the server itself, however either of them writes its usual port. */
function isAt(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
