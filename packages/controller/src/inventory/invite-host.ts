import { type HostId, SriovError } from '@virtfn/model';
import { type CertificateAuthority, makeEnrolmentToken } from '../agents/index.ts';
import { audited, type RequestOrigin } from '../audit/index.ts';
import { putEnrolment, type Store, type Write } from '../store/index.ts';

const HOUR_MS = 3_600_000;

export interface Invitation {
  /** For the host; it is known nowhere else. */
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Makes a one-time token by which a host may join the fleet.
 *
 * @param authority who vouches for agents; null: this controller has no port for them
 * @param origin who asks; null: this program itself
 * @param hostId the only host that may use it; null: any
 * @throws {SriovError} AGENT_UNREACHABLE, STORE_FAILED
 */
export async function inviteHost(
  store: Store,
  authority: CertificateAuthority | null,
  hostId: HostId | null,
  now: Date,
  hours: number,
  origin: RequestOrigin | null,
): Promise<Invitation> {
  if (authority === null) {
    throw new SriovError(
      'AGENT_UNREACHABLE',
      'Cannot make a token for a host: this controller has no port for agents',
      { hint: 'Give agentLink.listen in controller.yaml, and start it again' },
    );
  }
  const { text, secretHash } = makeEnrolmentToken(authority);
  const expiresAt = new Date(now.getTime() + hours * HOUR_MS);
  const keep = async (write: Write): Promise<void> => {
    await putEnrolment(write, { secretHash, hostId, expiresAt });
    write.changed('enrolment_token', hostId ?? 'any host');
  };
  await store.write('keep a token for a host', origin === null ? keep : audited(origin, keep));
  return { token: text, expiresAt };
}
