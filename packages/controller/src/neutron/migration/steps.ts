import { isDeepStrictEqual } from 'node:util';
import type { Write } from '../../store/index.ts';
import { dropAttachment } from '../binding/attachments.ts';
import { statusOf } from '../binding/outcomes.ts';
import {
  type AttachmentMove,
  MIGRATION_KIND,
  type MigrationDocument,
  PORT_KIND,
  type PortDocument,
} from '../documents/index.ts';
import { replaceDocument } from '../framework/index.ts';
import { changeMove } from './change-move.ts';
import type { MovingPort } from './moving-ports.ts';

/** Has the source send the machine, once every port is prepared at the destination. Idempotent. */
export async function send(
  write: Write,
  migration: MigrationDocument,
  ports: readonly MovingPort[],
): Promise<void> {
  const departures = ports.map(({ arriving }): AttachmentMove | null => {
    const { move = null } = arriving;
    if (move?.kind !== 'arriving' || move.prepared === null) return null;
    const destination = { ...move.prepared, attachmentId: arriving.id };
    return { kind: 'departing', migration_id: migration.id, destination };
  });
  if (departures.includes(null)) return;
  for (const [index, { port, source }] of ports.entries()) {
    const departure = departures[index] ?? null;
    if (!isDeepStrictEqual(source.move, departure)) await changeMove(write, port, source, departure);
  }
  if (migration.state === 'moving') return;
  const moving = { ...migration, state: 'moving', moving_at: write.at.toISOString() } as const;
  await replaceDocument<MigrationDocument>({ write }, MIGRATION_KIND, migration, moving);
}

/** The machine runs at the destination with all of its ports: their bindings follow, and the source gives its VFs back. */
export async function finish(
  write: Write,
  migration: MigrationDocument,
  ports: readonly MovingPort[],
): Promise<void> {
  for (const { of, port, source, arriving } of ports) {
    const { profile, vif_type: vifType, vif_details: vifDetails } = of.binding;
    const moved = await replaceDocument<PortDocument>({ write }, PORT_KIND, port, {
      ...port,
      status: statusOf(port, arriving),
      'binding:host_id': migration.destination_host,
      'binding:profile': profile,
      'binding:vif_type': vifType,
      'binding:vif_details': vifDetails,
    });
    await changeMove(write, moved, arriving, null);
    await dropAttachment({ db: write.db, write }, source);
  }
  const done = { ...migration, state: 'done', ended_at: write.at.toISOString() } as const;
  await replaceDocument<MigrationDocument>({ write }, MIGRATION_KIND, migration, done);
}
