import type { MigrationDocument, MigrationList, MigrationQueryDocument } from '@virtfn/contract';
import { findMigrations, type MigrationDocument as StoredMigration } from '../neutron/index.ts';
import type { Store } from '../store/index.ts';

const USUAL_LIMIT = 100;

/** Live migrations in the order of their ids. */
export async function listMigrations(
  store: Store,
  { host, state, marker, limit = USUAL_LIMIT }: MigrationQueryDocument,
): Promise<MigrationList> {
  const where = [
    ...(host === undefined ? [] : [{ field: 'host', values: [host] }]),
    ...(state === undefined ? [] : [{ field: 'state', values: [state] }]),
  ];
  const found = await store.read('list the migrations', (db) =>
    findMigrations(db, { where, after: marker ?? null, limit: limit + 1 }),
  );
  const migrations = found.slice(0, limit).map(viewOfMigration);
  return { migrations, next: found.length > limit ? (migrations.at(-1)?.migrationId ?? null) : null };
}

export function viewOfMigration(migration: StoredMigration): MigrationDocument {
  return {
    migrationId: migration.id,
    domainId: migration.domain_id,
    vm: migration.vm_name,
    from: migration.source_host,
    to: migration.destination_host,
    state: migration.state,
    ports: migration.ports.map((port) => ({
      portId: port.port_id,
      kind: port.kind,
      sourceAttachmentId: port.source_attachment_id,
      destinationAttachmentId: port.destination_attachment_id,
    })),
    reason: migration.reason,
    startedAt: migration.started_at,
    movingAt: migration.moving_at,
    endedAt: migration.ended_at,
  };
}
