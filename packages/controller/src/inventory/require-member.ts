import { SriovError } from '@virtfn/model';
import type { Kysely } from 'kysely';
import type { CertifiedHost } from '../agents/index.ts';
import { readRemoval, type Schema } from '../store/index.ts';

/** @throws {SriovError} CERTIFICATE_REFUSED: the host was taken out of the fleet after it was given its certificate */
export async function requireMember(
  db: Kysely<Schema>,
  { hostId, certifiedAt }: CertifiedHost,
): Promise<void> {
  const removal = await readRemoval(db, hostId);
  // A certificate knows whole seconds only: one of the second in which the host went may be from before.
  if (removal !== null && certifiedAt <= removal.at) throw isRemoved(hostId);
}

export function isRemoved(hostId: string): SriovError {
  return new SriovError('CERTIFICATE_REFUSED', `Cannot admit host ${hostId}: it was taken out of the fleet`, {
    details: { host: hostId },
  });
}
