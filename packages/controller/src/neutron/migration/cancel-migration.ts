import { SriovError } from '@virtfn/model';
import type { Write } from '../../store/index.ts';
import { isUnderWay, type MigrationDocument } from '../documents/index.ts';
import { getMigration } from './find-migrations.ts';
import { giveUp } from './give-up.ts';
import { isRunningAt } from './is-running-at.ts';

/**
 * Gives a migration up: the machine stays where it is. One that has failed stays failed.
 *
 * @throws {SriovError} OBJECT_UNKNOWN, MIGRATION_REFUSED when the machine has arrived
 */
export async function cancelMigration(write: Write, id: string): Promise<MigrationDocument> {
  const migration = await getMigration(write.db, id);
  if (migration.state === 'failed') return migration;
  const vm = migration.vm_name ?? migration.domain_id;
  if (!isUnderWay(migration) || migration.has_arrived || (await isRunningAt(write.db, migration))) {
    throw new SriovError(
      'MIGRATION_REFUSED',
      `Cannot give up the migration of virtual machine ${vm}: it runs on host ${migration.destination_host} already`,
      { hint: 'Move it back with another migration' },
    );
  }
  const { code, message, hint } = new SriovError(
    'MIGRATION_FAILED',
    `Cannot move virtual machine ${vm}: the migration was given up on request`,
  );
  await giveUp(write, migration, { code, message, hint });
  return getMigration(write.db, id);
}
