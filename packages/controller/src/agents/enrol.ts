import type { EnrolmentAnswer, EnrolmentRequest } from '@virtfn/contract/agent-link';
import { X509Certificate } from 'node:crypto';
import { SriovError } from '@virtfn/model';
import { type CertificateAuthority, issuedAt } from './certificates/index.ts';
import type { CertifiedHost } from './agent-connection.ts';
import type { FleetBackend } from './fleet-backend.ts';
import { hashOfEnrolmentSecret } from './make-enrolment-token.ts';

/** What enrolment needs of the rest of the controller. */
export type EnrolmentBackend = Pick<FleetBackend, 'redeemEnrolment' | 'requireMember'>;

/**
 * Gives a host its certificate, for a one-time token or for the certificate that it has.
 *
 * @param certified whom the connection's certificate is of; null: it has none that is good
 * @throws {SriovError} ENROLMENT_REFUSED, CERTIFICATE_REFUSED, REQUEST_INVALID, STORE_FAILED
 */
export async function enrol(
  { secret, hostId, publicKey }: EnrolmentRequest,
  certified: CertifiedHost | null,
  {
    authority,
    backend,
    now,
  }: {
    readonly authority: CertificateAuthority;
    readonly backend: EnrolmentBackend;
    readonly now: Date;
  },
): Promise<EnrolmentAnswer> {
  // Before the token is spent: a key that cannot be certified must not cost it.
  const certificate = authority.issueAgent(hostId, publicKey, now);
  if (secret === null) {
    if (certified?.hostId !== hostId) {
      throw new SriovError(
        'CERTIFICATE_REFUSED',
        `Cannot renew the certificate of host ${hostId}: ${certified === null ? 'none was shown that is good' : `the one shown is of host ${certified.hostId}`}`,
      );
    }
    await backend.requireMember(certified);
  } else {
    // Nor must one that would not be let in: of the very second in which the host was taken out.
    await backend.requireMember({ hostId, certifiedAt: issuedAt(new X509Certificate(certificate)) });
    if (!(await backend.redeemEnrolment(hashOfEnrolmentSecret(secret), hostId)))
      throw new SriovError('ENROLMENT_REFUSED', `Cannot enrol host ${hostId}: its token is not good`);
  }
  return { certificate, ca: authority.certificate };
}
