import type { HostReport } from '@virtfn/contract';
import type { ReportedHost } from '@virtfn/contract/inventory';
import type { HostId, ObservedHost, PciAddress, PhysicalNetwork } from '@virtfn/model';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';
import type { Write } from './write-queue.ts';

/** A host as the store knows it. */
export type StoredHost = ReportedHost;

/** A report as JSON can hold it. */
interface ReportBody extends Omit<HostReport, 'observed' | 'physicalNetworks'> {
  /** Reports of before it was in them have no `numaNodes`. */
  readonly observed: Omit<ObservedHost, 'numaNodes'> & Partial<Pick<ObservedHost, 'numaNodes'>>;
  readonly physicalNetworks: Readonly<Record<PciAddress, readonly PhysicalNetwork[]>>;
}

/** Keeps a report. It counts as a change only if it says something new. */
export async function putHost(write: Write, report: HostReport): Promise<void> {
  const { observed, physicalNetworks } = report;
  const body: ReportBody = { ...report, physicalNetworks: Object.fromEntries(physicalNetworks) };
  const text = JSON.stringify(body);
  const before = await write.db
    .selectFrom('host')
    .select(['report', 'revision'])
    .where('host_id', '=', observed.hostId)
    .executeTakeFirst();
  const isNew = before?.report !== text;
  if (isNew) write.changed('host', observed.hostId);
  const row = {
    host_id: observed.hostId,
    simulated: observed.simulated ? 1 : 0,
    boot_id: observed.bootId,
    report: text,
    reported_at: write.at.toISOString(),
    revision: isNew ? write.revision : before.revision,
  };
  await write.db
    .insertInto('host')
    .values(row)
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(row))
    .execute();
}

/** All hosts by name. */
export async function listHosts(db: Kysely<Schema>): Promise<readonly StoredHost[]> {
  const rows = await db.selectFrom('host').select(['report', 'reported_at']).orderBy('host_id').execute();
  return rows.map(hostOfRow);
}

/** One host, or undefined. */
export async function findHost(db: Kysely<Schema>, hostId: HostId): Promise<StoredHost | undefined> {
  const row = await db
    .selectFrom('host')
    .select(['report', 'reported_at'])
    .where('host_id', '=', hostId)
    .executeTakeFirst();
  return row === undefined ? undefined : hostOfRow(row);
}

function hostOfRow(row: { readonly report: string; readonly reported_at: string }): StoredHost {
  // Written by putHost, so it has the form that putHost gave it.
  const report = JSON.parse(row.report) as ReportBody;
  const physicalNetworks = new Map(
    Object.entries(report.physicalNetworks) as [PciAddress, readonly PhysicalNetwork[]][],
  );
  const observed = { ...report.observed, numaNodes: report.observed.numaNodes ?? [] };
  return { ...report, observed, physicalNetworks, reportedAt: new Date(row.reported_at) };
}
