import type { TLSSocket } from 'node:tls';
import { parseHostId } from '@virtfn/model';
import { type CertifiedHost, issuedAt } from '../../agents/index.ts';

/** The host whose agent is at the other end, by its certificate; null when it has shown none that our authority signed. */
export function hostOfPeer(socket: TLSSocket): CertifiedHost | null {
  if (!socket.authorized) return null;
  const certificate = socket.getPeerX509Certificate();
  // Exactly one name, which is how our authority writes it.
  const [, name] = /^DNS:([^,"]+)$/.exec(certificate?.subjectAltName ?? '') ?? [];
  if (certificate === undefined || name === undefined) return null;
  try {
    return { hostId: parseHostId(name), certifiedAt: issuedAt(certificate) };
  } catch {
    return null;
  }
}
