import { createHash, randomBytes } from 'node:crypto';
import { formatEnrolmentToken } from '@virtfn/contract/agent-link';
import type { CertificateAuthority } from './certificates/index.ts';

export interface MadeEnrolmentToken {
  /** For the operator, who carries it to the host. Never to be kept. */
  readonly text: string;
  /** For the store: what `FleetBackend.redeemEnrolment` is asked with. */
  readonly secretHash: string;
}

/** Makes a one-time token. When it ends, and for which host it is, is the store's to know. */
export function makeEnrolmentToken({ fingerprint }: CertificateAuthority): MadeEnrolmentToken {
  const secret = randomBytes(32).toString('base64url');
  return {
    text: formatEnrolmentToken({ secret, caFingerprint: fingerprint }),
    secretHash: hashOfEnrolmentSecret(secret),
  };
}

/** SHA-256, hexadecimal. A slow hash would add nothing: the secret has 256 random bits. */
export function hashOfEnrolmentSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
