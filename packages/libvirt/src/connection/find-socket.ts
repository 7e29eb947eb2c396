import { existsSync } from 'node:fs';
import { LibvirtUnavailable } from './libvirt-error.ts';
import { socketPathsOf } from './socket-path.ts';

/** The socket of the daemon that serves a URI. @throws {LibvirtUnavailable} there is none; {RangeError} not a local URI */
export function findSocket(uri: string, readOnly: boolean): string {
  const userRuntime = process.env['XDG_RUNTIME_DIR'] ?? null;
  const places = socketPathsOf(uri, { userRuntime, readOnly });
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new LibvirtUnavailable('no-socket', `there is neither ${places.join(' nor ')}`);
}
