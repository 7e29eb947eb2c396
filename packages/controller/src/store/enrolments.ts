import type { Write } from './write-queue.ts';

/** A one-time token by which a host joins the fleet. */
export interface Enrolment {
  /** SHA-256 of the token's secret, hexadecimal. */
  readonly secretHash: string;
  /** The only host that may use it; null: any. */
  readonly hostId: string | null;
  readonly expiresAt: Date;
}

export async function putEnrolment(write: Write, enrolment: Enrolment): Promise<void> {
  await write.db.deleteFrom('enrolment').where('expires_at', '<', write.at.toISOString()).execute();
  await write.db
    .insertInto('enrolment')
    .values({
      token_hash: enrolment.secretHash,
      host_id: enrolment.hostId,
      created_at: write.at.toISOString(),
      expires_at: enrolment.expiresAt.toISOString(),
    })
    .execute();
}

/** Spends a token, and tells whom it was for; null: it is not known, was spent, has expired, or is another host's. */
export async function spendEnrolment(
  write: Write,
  secretHash: string,
  hostId: string,
): Promise<'any host' | 'this host' | null> {
  const row = await write.db
    .deleteFrom('enrolment')
    .where('token_hash', '=', secretHash)
    .where('expires_at', '>=', write.at.toISOString())
    .where((any) => any.or([any('host_id', 'is', null), any('host_id', '=', hostId)]))
    .returning('host_id')
    .executeTakeFirst();
  if (row === undefined) return null;
  return row.host_id === null ? 'any host' : 'this host';
}
