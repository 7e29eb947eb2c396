import { DEFAULT_LINK_PORT } from '@virtfn/contract/agent-link';
import { SriovError } from '@virtfn/model';

/**
 * Parses the address of a controller's port for agents: `https://controller:9697`, or as much of it as is not usual. It
 * comes back whole, without a path.
 *
 * @throws {SriovError} REQUEST_INVALID
 */
export function parseControllerUrl(text: string): string {
  const url = URL.parse(/^[a-z]+:\/\//.test(text) ? text : `https://${text}`);
  const isPlain =
    url !== null &&
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.search === '';
  if (!isPlain || (url.pathname !== '/' && url.pathname !== '')) {
    throw new SriovError(
      'REQUEST_INVALID',
      `Cannot use "${text.slice(0, 200)}": it is not an address of a controller`,
      {
        hint: 'Write it as https://controller.example:9697; the port may be left out',
      },
    );
  }
  // URL leaves the usual port of https out, which may have been meant.
  const port = url.port !== '' ? url.port : /:443\/?$/.test(text) ? '443' : String(DEFAULT_LINK_PORT);
  return `https://${url.hostname}:${port}`;
}
