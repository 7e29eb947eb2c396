import { SriovError } from '@virtfn/model';

const LOCAL_NAMES = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * A server that believes everybody is for this machine alone. A web page can make a browser on this machine call it
 * under a name of its own (DNS rebinding); the name in the request gives that away.
 *
 * @param host the header of this name; undefined: a request of HTTP/1.0, which no browser sends
 * @throws {SriovError} PERMISSION_DENIED
 */
export function refuseForeignName(host: string | undefined): void {
  if (host === undefined || LOCAL_NAMES.test(host)) return;
  throw new SriovError(
    'PERMISSION_DENIED',
    `Cannot answer for host name "${host.slice(0, 100)}": only names of this machine are served`,
    { hint: 'Use http://127.0.0.1 or http://localhost' },
  );
}
