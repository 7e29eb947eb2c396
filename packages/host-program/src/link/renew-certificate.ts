import { X509Certificate } from 'node:crypto';
import { parseHostId } from '@virtfn/model';
import { certify } from './enrol-host.ts';
import { type Membership, writeMembership } from './membership.ts';

/** When a third of a certificate's time is left, it is renewed. */
function isDue(certificate: string, now: Date): boolean {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const wholeMs = validToDate.getTime() - validFromDate.getTime();
  return validToDate.getTime() - now.getTime() < wholeMs / 3;
}

/**
 * A new certificate for a new key, on disk, when the time has come; else null.
 *
 * @throws {SriovError} CERTIFICATE_REFUSED when the old one has ended, CONTROLLER_UNREACHABLE, CONTROLLER_UNTRUSTED
 */
export async function renewCertificate(
  folder: string,
  { url, hostId, ca, certificate, key }: Membership,
  now: Date,
): Promise<Membership | null> {
  if (!isDue(certificate, now)) return null;
  const renewed = await certify({
    url,
    hostId: parseHostId(hostId),
    ca,
    own: { certificate, key },
    secret: null,
  });
  await writeMembership(folder, renewed);
  return renewed;
}
