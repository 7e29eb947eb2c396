import type { Client, MigrationDocument } from '@virtfn/contract';
import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** It is looked at so often while it may change. Milliseconds. */
const POLL_MS = 1000;

/**
 * The last migration that took a port along; null: there was none that is still known, undefined: nobody knows yet.
 *
 * @param hostId where the port is, or goes; null: nowhere
 * @param move how the port's VF there takes part in one
 */
export function useLastMigration(
  client: Client,
  portId: string,
  hostId: string | null,
  move: string | null,
): ReadonlySignal<MigrationDocument | null | undefined> {
  const last = useSignal<MigrationDocument | null | undefined>(hostId === null ? null : undefined);
  useEffect(
    () => (hostId === null ? undefined : followLastMigration(client, portId, hostId, last)),
    [portId, hostId, move],
  );
  return last;
}

/** Looks for it, and again while it is under way or nobody has answered. @returns stops it */
export function followLastMigration(
  client: Client,
  portId: string,
  hostId: string,
  last: Signal<MigrationDocument | null | undefined>,
): () => void {
  let isWanted = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    // A look that fails is made good by the next one, and the header says when nothing answers.
    const found = await find(client, portId, hostId, last.value ?? null).catch(() => undefined);
    if (!isWanted) return;
    last.value = found === undefined ? (last.value ?? null) : found;
    if (found === undefined || found?.endedAt === null) timer = setTimeout(() => void look(), POLL_MS);
  };
  void look();
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
}

async function find(
  client: Client,
  portId: string,
  host: string,
  known: MigrationDocument | null,
): Promise<MigrationDocument | null> {
  if (known !== null && known.endedAt === null)
    return client.call('getMigration', { migrationId: known.migrationId }, null);
  const { migrations } = await client.call('listMigrations', {}, null, { host, limit: 1000 });
  const own = migrations.filter(({ ports }) => ports.some((port) => port.portId === portId));
  return own.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0] ?? null;
}
