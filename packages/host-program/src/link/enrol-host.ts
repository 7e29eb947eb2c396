import { generateKeyPairSync } from 'node:crypto';
import { parseEnrolmentToken } from '@virtfn/contract/agent-link';
import { LinuxHostReader } from '@virtfn/host-linux';
import { type HostId, parseHostId, SriovError } from '@virtfn/model';
import type { Places } from '../places.ts';
import { parseControllerUrl } from './controller-url.ts';
import { fetchAuthority } from './fetch-authority.ts';
import { forgetKeptDesired } from './kept-desired-file.ts';
import { type Membership, readMembership, writeMembership } from './membership.ts';
import { requestCertificate } from './request-certificate.ts';

interface Enrolment {
  /** As `parseControllerUrl` takes it. */
  readonly url: string;
  readonly token: string;
  /** As the fleet shall call this host. */
  readonly hostId: HostId;
  /** The agent's state folder. */
  readonly folder: string;
}

/** Enrols this machine, under a name or under its own. @throws {SriovError} as `enrolHost`, and NAME_INVALID */
export async function enrolThisHost(
  url: string,
  token: string,
  name: string | null,
  { stateFolder }: Places,
): Promise<{ readonly url: string; readonly hostId: string }> {
  const hostId = name === null ? new LinuxHostReader().hostId : parseHostId(name);
  return { url: await enrolHost({ url, token, hostId, folder: stateFolder }), hostId };
}

/**
 * Makes this host a member of a fleet: its key is made here and stays here. A host that was a member of one is a member
 * of this one afterwards.
 *
 * @returns the address of the controller
 * @throws {SriovError} REQUEST_INVALID, ENROLMENT_TOKEN_INVALID, ENROLMENT_REFUSED, CONTROLLER_UNREACHABLE,
 * CONTROLLER_UNTRUSTED, PERMISSION_DENIED
 */
export async function enrolHost({ url: address, token, hostId, folder }: Enrolment): Promise<string> {
  const url = parseControllerUrl(address);
  const { secret, caFingerprint } = parseEnrolmentToken(token);
  const ca = await fetchAuthority(url, caFingerprint);
  const membership = await certify({ url, hostId, ca, own: null, secret });
  try {
    // What another fleet wanted of this host is nothing that this one wants.
    if ((await readMembership(folder))?.ca !== ca) await forgetKeptDesired(folder);
    await writeMembership(folder, membership);
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? 'an error';
    throw new SriovError(
      'PERMISSION_DENIED',
      `Cannot keep the certificate in ${folder}: the system answered ${errno}`,
      {
        details: { folder, errno },
        hint: 'Run the command as root. The token is spent: make a new one',
        cause,
      },
    );
  }
  return url;
}

/** Gets a certificate for a new key. */
export async function certify({
  url,
  hostId,
  ca,
  own,
  secret,
}: {
  readonly url: string;
  readonly hostId: HostId;
  readonly ca: string;
  readonly own: { readonly certificate: string; readonly key: string } | null;
  readonly secret: string | null;
}): Promise<Membership> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const answer = await requestCertificate(
    url,
    { ca, own },
    { secret, hostId, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { url, hostId, ca, certificate: answer.certificate, key };
}
