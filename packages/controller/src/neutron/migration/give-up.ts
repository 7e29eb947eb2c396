import type { Write } from '../../store/index.ts';
import { dropAttachment } from '../binding/attachments.ts';
import { MIGRATION_KIND, type MigrationDocument } from '../documents/index.ts';
import { replaceDocument } from '../framework/index.ts';
import { changeMove } from './change-move.ts';
import { movingPortsOf } from './moving-ports.ts';

/**
 * Leaves a machine where it is: the source plugs again what it had unplugged, the destination closes its VFs. Only for one
 * that has not arrived.
 */
export async function giveUp(
  write: Write,
  migration: MigrationDocument,
  reason: NonNullable<MigrationDocument['reason']>,
): Promise<void> {
  for (const { port, source, arriving } of await movingPortsOf(write.db, migration)) {
    await dropAttachment({ db: write.db, write }, arriving);
    await changeMove(write, port, source, null);
  }
  await replaceDocument<MigrationDocument>({ write }, MIGRATION_KIND, migration, {
    ...migration,
    state: 'failed',
    reason,
    ended_at: write.at.toISOString(),
  });
}
