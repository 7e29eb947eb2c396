import type { TLSSocket } from 'node:tls';
import { type HostId, parseHostId } from '@virtfn/model';

/** The host whose agent is at the other end, by its certificate; null when it has shown none that our authority signed. */
export function hostOfPeer(socket: TLSSocket): HostId | null {
  if (!socket.authorized) return null;
  // Exactly one name, which is how our authority writes it.
  const [, name] = /^DNS:([^,"]+)$/.exec(socket.getPeerX509Certificate()?.subjectAltName ?? '') ?? [];
  if (name === undefined) return null;
  try {
    return parseHostId(name);
  } catch {
    return null;
  }
}
