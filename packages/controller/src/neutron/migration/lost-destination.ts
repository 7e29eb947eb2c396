import { SriovError } from '@virtfn/model';
import type { Write } from '../../store/index.ts';
import { MIGRATION_KIND, type MigrationDocument } from '../documents/index.ts';
import { listDocuments } from '../framework/index.ts';
import { giveUp } from './give-up.ts';
import { isRunningAt } from './is-running-at.ts';

/** The agent of a host has gone: machines that were to come there stay where they are, unless they have arrived. */
export async function giveUpMigrationsTo(write: Write, hostId: string): Promise<void> {
  const migrations = await listDocuments<MigrationDocument>(write.db, MIGRATION_KIND, [
    { field: 'destination_host', values: [hostId] },
    { field: 'state', values: ['preparing', 'moving'] },
  ]);
  for (const migration of migrations) {
    if (migration.has_arrived || (await isRunningAt(write.db, migration))) continue;
    const { code, message, hint } = new SriovError(
      'MIGRATION_FAILED',
      `Cannot move virtual machine ${migration.vm_name ?? migration.domain_id} to host ${hostId}: its agent has gone`,
    );
    await giveUp(write, migration, { code, message, hint });
  }
}
