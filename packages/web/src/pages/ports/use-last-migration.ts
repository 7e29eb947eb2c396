import type { Client, MigrationDocument } from '@virtfn/contract';
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** While one is under way, it is looked at so often. Milliseconds. */
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
  useEffect(() => {
    if (hostId === null) return;
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      // A look that fails is made good by the next one, and the header says when nothing answers.
      const found = await find(client, portId, hostId, last.value ?? null).catch(() => last.value ?? null);
      if (!isWanted) return;
      last.value = found;
      if (found !== null && found.endedAt === null) timer = setTimeout(() => void look(), POLL_MS);
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [portId, hostId, move]);
  return last;
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
