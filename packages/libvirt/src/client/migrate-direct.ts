import {
  abortJob,
  type Domain,
  getState,
  migrateBegin,
  migrateConfirm,
  migrateFinish,
  type MigrateFlag,
  migratePerform,
  type MigrationCookie,
  type MigrationParameters,
  migratePrepare,
  migrationParams,
} from '../codec/index.ts';
import { type CallOptions, type Connection, LibvirtOutcomeUnknown } from '../connection/index.ts';

/** A migration in which we carry what the two daemons have to say to each other. */
export interface DirectMigration extends MigrationParameters {
  readonly source: Connection;
  readonly destination: Connection;
  readonly domain: Domain;
  readonly flags: readonly MigrateFlag[];
}

/** They make no sense to the destination (virDomainMigrateVersion3Full, src/libvirt-domain.c). */
const onlyForSource: ReadonlySet<MigrateFlag> = new Set(['abort-on-error', 'auto-converge']);
const noCookie: MigrationCookie = new Uint8Array();

/**
 * Migrates in five phases: begin, prepare, perform, finish, confirm. The daemons need not reach each other, only QEMU the
 * other QEMU. No limit unless told; a limit is for each phase. When it is given up, the domain stays at the source.
 *
 * When nobody knows whether the destination has taken over (finish without an answer), the source is left as it is: stopped,
 * and not started a second time.
 *
 * @returns the domain at the destination
 * @throws what a phase throws
 */
export async function migrateDirect(migration: DirectMigration, given: CallOptions = {}): Promise<Domain> {
  const options: CallOptions = { timeoutMs: null, ...given };
  const phases = new Phases(migration, options);
  const begun = await phases.begin();
  let cookie: MigrationCookie;
  try {
    cookie = await phases.prepare(begun);
  } catch (error) {
    await attempt(phases.confirm(noCookie, true));
    throw error;
  }
  try {
    if (!migration.flags.includes('offline')) cookie = await phases.perform(cookie);
  } catch (error) {
    if (error instanceof LibvirtOutcomeUnknown) await attempt(phases.abort());
    await attempt(phases.finish(noCookie, true));
    // A source that has said no has ended its part by itself.
    if (error instanceof LibvirtOutcomeUnknown) await attempt(phases.confirm(noCookie, true));
    throw error;
  }
  let finished: { readonly domain: Domain; readonly cookie: MigrationCookie };
  try {
    finished = await phases.finish(cookie, false);
  } catch (error) {
    if (!(error instanceof LibvirtOutcomeUnknown)) await attempt(phases.confirm(noCookie, true));
    throw error;
  }
  await phases.confirm(finished.cookie, false);
  return finished.domain;
}

/** What is said to whom in each phase. */
class Phases {
  readonly #migration: DirectMigration;
  readonly #options: CallOptions;
  /** From the switch-over on, giving up would lose the guest. */
  readonly #unstoppable: CallOptions;
  /** Grow from phase to phase. */
  #parameters: MigrationParameters;
  #flags: readonly MigrateFlag[];

  constructor(migration: DirectMigration, options: CallOptions) {
    const { source: _source, destination: _destination, domain: _domain, flags, ...parameters } = migration;
    this.#migration = migration;
    this.#options = options;
    this.#unstoppable = { timeoutMs: options.timeoutMs ?? null };
    this.#parameters = parameters;
    this.#flags = flags;
  }

  begin(): Promise<{ readonly cookie: MigrationCookie; readonly xml: string }> {
    const { source, domain } = this.#migration;
    return source.call(
      migrateBegin,
      { domain, params: migrationParams(this.#parameters), flags: this.#atSource() },
      this.#options,
    );
  }

  async prepare(begun: { readonly cookie: MigrationCookie; readonly xml: string }): Promise<MigrationCookie> {
    const { source, destination, domain } = this.#migration;
    const { state } = await source.call(getState, { domain }, this.#options);
    if (state === 'paused') this.#flags = [...this.#flags, 'paused'];
    this.#parameters = { ...this.#parameters, destinationXml: begun.xml };
    const { cookie, uri } = await destination.call(
      migratePrepare,
      { params: migrationParams(this.#parameters), cookie: begun.cookie, flags: this.#atDestination() },
      this.#options,
    );
    if (uri !== null) this.#parameters = { ...this.#parameters, migrateUri: uri };
    return cookie;
  }

  perform(cookie: MigrationCookie): Promise<MigrationCookie> {
    const { source, domain } = this.#migration;
    const params = migrationParams(this.#parameters);
    return source.call(
      migratePerform,
      { domain, destinationUri: null, params, cookie, flags: this.#atSource() },
      this.#options,
    );
  }

  abort(): Promise<null> {
    const { source, domain } = this.#migration;
    return source.call(abortJob, { domain }, this.#unstoppable);
  }

  finish(
    cookie: MigrationCookie,
    cancelled: boolean,
  ): Promise<{ readonly domain: Domain; readonly cookie: MigrationCookie }> {
    const { destination, domain } = this.#migration;
    this.#parameters = { destinationName: domain.name, ...this.#parameters };
    const params = migrationParams(this.#parameters);
    const flags = this.#atDestination();
    return destination.call(migrateFinish, { params, cookie, flags, cancelled }, this.#unstoppable);
  }

  confirm(cookie: MigrationCookie, cancelled: boolean): Promise<null> {
    const { source, domain } = this.#migration;
    const params = migrationParams(this.#parameters);
    return source.call(
      migrateConfirm,
      { domain, params, cookie, flags: this.#atSource(), cancelled },
      this.#unstoppable,
    );
  }

  /** Nobody may change the domain there until it is gone. */
  #atSource(): readonly MigrateFlag[] {
    return [...this.#flags, 'change-protection'];
  }

  #atDestination(): readonly MigrateFlag[] {
    return this.#flags.filter((flag) => !onlyForSource.has(flag));
  }
}

/** Undoes what can be undone. That it cannot is no news beside the failure that made it necessary. */
async function attempt(undoing: Promise<unknown>): Promise<void> {
  await undoing.catch(() => null);
}
