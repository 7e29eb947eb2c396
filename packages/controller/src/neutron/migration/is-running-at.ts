import { parseHostId } from '@virtfn/model';
import type { Kysely } from 'kysely';
import { findHost, type Schema } from '../../store/index.ts';
import type { MigrationDocument } from '../documents/index.ts';

/** Whether the destination has told that the machine runs there. */
export async function isRunningAt(
  db: Kysely<Schema>,
  {
    destination_host: hostId,
    domain_id: domainId,
  }: Pick<MigrationDocument, 'destination_host' | 'domain_id'>,
): Promise<boolean> {
  const { machines = [] } = (await findHost(db, parseHostId(hostId))) ?? {};
  return machines.some((machine) => machine.domainId === domainId && machine.state === 'running');
}
