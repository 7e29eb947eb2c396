import type { Kysely } from 'kysely';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** One giving of a VF to a port, as its host is to make it. */
export interface DesiredPortRow {
  readonly hostId: string;
  readonly attachmentId: string;
  readonly portId: string;
  /** JSON; null: to be released. */
  readonly body: string | null;
}

/** What followers of a host look for among the changes. */
export const DESIRED_CHANGE = 'desired';

/** Says what a host shall make of a port from now on. */
export async function putDesiredPort(write: Write, row: DesiredPortRow): Promise<void> {
  const { hostId, attachmentId, portId, body } = row;
  const values = {
    host_id: hostId,
    attachment_id: attachmentId,
    port_id: portId,
    revision: write.revision,
    body,
  };
  await PUT(write.db, [values]);
  write.changed(DESIRED_CHANGE, hostId);
}

const PUT = prepared((db, rows: readonly Schema['desired_port'][]) =>
  db
    .insertInto('desired_port')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['host_id', 'attachment_id']).doUpdateSet((column) => ({
        port_id: column.ref('excluded.port_id'),
        revision: column.ref('excluded.revision'),
        body: column.ref('excluded.body'),
      })),
    ),
);

/** Forgets an attachment, once its host has said that nothing of it is left. */
export async function dropDesiredPort(write: Write, hostId: string, attachmentId: string): Promise<void> {
  await write.db
    .deleteFrom('desired_port')
    .where('host_id', '=', hostId)
    .where('attachment_id', '=', attachmentId)
    .where('body', 'is', null)
    .execute();
}

/** All of a host, or what changed behind a revision; with what is still to be released. */
export async function listDesiredPorts(
  db: Kysely<Schema>,
  hostId: string,
  since: number | null,
): Promise<readonly DesiredPortRow[]> {
  let select = db
    .selectFrom('desired_port')
    .select(['attachment_id', 'port_id', 'body'])
    .where('host_id', '=', hostId)
    .orderBy('attachment_id');
  if (since !== null)
    select = select.where((any) => any.or([any('revision', '>', since), any('body', 'is', null)]));
  const rows = await select.execute();
  return rows.map((row) => ({
    hostId,
    attachmentId: row.attachment_id,
    portId: row.port_id,
    body: row.body,
  }));
}
