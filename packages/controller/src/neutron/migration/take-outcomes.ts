import type { PortOutcome } from '@virtfn/contract/agent-link';
import type { Write } from '../../store/index.ts';
import { type MigrationNews, takeOutcome } from '../binding/index.ts';
import { MIGRATION_KIND, type MigrationDocument, isUnderWay } from '../documents/index.ts';
import { findDocument, replaceDocument } from '../framework/index.ts';
import { giveUp } from './give-up.ts';
import { isRunningAt } from './is-running-at.ts';
import { movingPortsOf } from './moving-ports.ts';
import { finish, send } from './steps.ts';

/** Takes what a host says became of attachments, and takes the next step of the migrations that they are part of. */
export async function takeOutcomes(
  write: Write,
  hostId: string,
  outcomes: readonly PortOutcome[],
): Promise<void> {
  for (const outcome of outcomes) {
    const news = await takeOutcome(write, hostId, outcome);
    if (news !== null) await advance(write, news);
  }
}

/**
 *   preparing ── all ports prepared ─▶ moving ── all configured there ─▶ done
 *       └───────────── any failed ─────────┴──── while it has not arrived ─▶ failed
 */
async function advance(write: Write, { migrationId, failure, hasArrived }: MigrationNews): Promise<void> {
  const before = await findDocument<MigrationDocument>(write.db, MIGRATION_KIND, migrationId);
  if (before === undefined || !isUnderWay(before)) return;
  const isThere =
    before.has_arrived || hasArrived || (failure !== null && (await isRunningAt(write.db, before)));
  if (failure !== null && !isThere) return giveUp(write, before, failure);
  const migration =
    isThere === before.has_arrived
      ? before
      : await replaceDocument({ write }, MIGRATION_KIND, before, { ...before, has_arrived: isThere });
  const ports = await movingPortsOf(write.db, migration);
  if (ports.every(({ arriving }) => arriving.state === 'configured')) return finish(write, migration, ports);
  if (!isThere) await send(write, migration, ports);
}
