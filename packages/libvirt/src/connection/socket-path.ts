/** What a path depends on that is not in the URI. */
export interface SocketPlaces {
  /** $XDG_RUNTIME_DIR, where a user's own daemon listens. */
  readonly userRuntime: string | null;
  readonly readOnly: boolean;
}

/**
 * Where the daemon for a URI may listen, in the order in which libvirt's client tries: the daemon of that driver alone,
 * then the one for all (remoteGetUNIXSocket, src/remote/remote_sockets.c). The test driver has no daemon of its own.
 *
 * @throws {RangeError} when the URI is none of a daemon on this machine
 */
export function socketPathsOf(uri: string, { userRuntime, readOnly }: SocketPlaces): readonly string[] {
  const parsed = URL.canParse(uri) ? new URL(uri) : null;
  const driver = parsed?.protocol.slice(0, -1) ?? '';
  if (parsed === null || !/^[a-z]+$/.test(driver) || parsed.hostname !== '')
    throw new RangeError(`Cannot find a socket for "${uri}": not like "qemu:///system"`);
  const suffix = readOnly ? 'sock-ro' : 'sock';
  const daemons = driver === 'test' ? ['libvirt'] : [`virt${driver}d`, 'libvirt'];
  if (parsed.pathname !== '/session') return daemons.map((name) => `/run/libvirt/${name}-${suffix}`);
  if (userRuntime === null)
    throw new RangeError(`Cannot find a socket for "${uri}": XDG_RUNTIME_DIR is not set`);
  // A user's own daemon has no socket for readers.
  return daemons.map((name) => `${userRuntime}/libvirt/${name}-sock`);
}
