import type { HostReport } from '@virtfn/contract';
import type { Finding, HostId, ObservedHost, PciAddress, PhysicalNetwork } from '@virtfn/model';
import { SriovError } from '@virtfn/model';
import { type Dialect, Kysely, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations.ts';
import type { Schema } from './schema.ts';

/** A host as the store knows it. */
export interface StoredHost extends HostReport {
  readonly reportedAt: Date;
}

/** A report as JSON can hold it. */
interface StoredReport {
  readonly observed: ObservedHost;
  readonly findings: readonly Finding[];
  readonly physicalNetworks: Readonly<Record<PciAddress, readonly PhysicalNetwork[]>>;
}

/** The controller's state in one database. Everything answered is on the disk before. */
export class Store {
  readonly #db: Kysely<Schema>;

  private constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Opens the database and brings it to the present schema. @throws {SriovError} STORE_FAILED */
  static async open(dialect: Dialect): Promise<Store> {
    const db = new Kysely<Schema>({ dialect });
    const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) {
      await db.destroy();
      throw new SriovError(
        'STORE_FAILED',
        'Cannot open the database: bringing it to the present schema failed',
        { cause: error },
      );
    }
    return new Store(db);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /** Number of the last change. @throws {SriovError} STORE_FAILED */
  async revision(): Promise<number> {
    return this.#run('read the revision', async () => lastRevision(this.#db));
  }

  /** Keeps a report. A new revision only if it says something new. @throws {SriovError} STORE_FAILED */
  async putHost(report: HostReport, at: Date): Promise<void> {
    const { observed, findings, physicalNetworks } = report;
    const stored: StoredReport = {
      observed,
      findings,
      physicalNetworks: Object.fromEntries(physicalNetworks),
    };
    const text = JSON.stringify(stored);
    await this.#run('keep the report of a host', () =>
      this.#db.transaction().execute(async (transaction) => {
        const before = await transaction
          .selectFrom('host')
          .select(['report', 'revision'])
          .where('host_id', '=', observed.hostId)
          .executeTakeFirst();
        const revision =
          before?.report === text
            ? before.revision
            : await appendRevision(transaction, 'host', observed.hostId, at);
        const row = {
          host_id: observed.hostId,
          simulated: observed.simulated ? 1 : 0,
          boot_id: observed.bootId,
          report: text,
          reported_at: at.toISOString(),
          revision,
        };
        await transaction
          .insertInto('host')
          .values(row)
          .onConflict((conflict) => conflict.column('host_id').doUpdateSet(row))
          .execute();
      }),
    );
  }

  /** All hosts by name. @throws {SriovError} STORE_FAILED */
  async listHosts(): Promise<readonly StoredHost[]> {
    const rows = await this.#run('list the hosts', () =>
      this.#db.selectFrom('host').select(['report', 'reported_at']).orderBy('host_id').execute(),
    );
    return rows.map(hostOfRow);
  }

  /** @throws {SriovError} HOST_UNKNOWN, STORE_FAILED */
  async getHost(hostId: HostId): Promise<StoredHost> {
    const row = await this.#run('read a host', () =>
      this.#db
        .selectFrom('host')
        .select(['report', 'reported_at'])
        .where('host_id', '=', hostId)
        .executeTakeFirst(),
    );
    if (row !== undefined) return hostOfRow(row);
    throw new SriovError('HOST_UNKNOWN', `Cannot find host "${hostId}": no agent of that name has reported`, {
      details: { host: hostId },
    });
  }

  async #run<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw new SriovError('STORE_FAILED', `Cannot ${action}: the database failed`, { cause });
    }
  }
}

function hostOfRow(row: { readonly report: string; readonly reported_at: string }): StoredHost {
  // Written by putHost, so it has the form that putHost gave it.
  const report = JSON.parse(row.report) as StoredReport;
  const physicalNetworks = new Map(
    Object.entries(report.physicalNetworks) as [PciAddress, readonly PhysicalNetwork[]][],
  );
  return { ...report, physicalNetworks, reportedAt: new Date(row.reported_at) };
}

async function lastRevision(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('revision_log')
    .select((select) => select.fn.max('revision').as('last'))
    .executeTakeFirst();
  return row?.last ?? 0;
}

async function appendRevision(
  db: Transaction<Schema>,
  kind: string,
  subject: string,
  at: Date,
): Promise<number> {
  const revision = (await lastRevision(db)) + 1;
  await db.insertInto('revision_log').values({ revision, kind, subject, at: at.toISOString() }).execute();
  return revision;
}
