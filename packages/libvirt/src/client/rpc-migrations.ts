import {
  abortJob,
  type Domain,
  getJobStats,
  getMaxDowntime,
  type Job,
  type JobStatsFlag,
  migratePerform,
  migrationParams,
  setMaxDowntime,
  setMaxSpeed,
} from '../codec/index.ts';
import type { CallOptions, Connection } from '../connection/index.ts';
import type { Migrations, PeerToPeerMigration } from './libvirt.ts';

export class RpcMigrations implements Migrations {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async migrateToUri(
    domain: Domain,
    { destinationUri, flags, ...parameters }: PeerToPeerMigration,
    options: CallOptions = {},
  ): Promise<void> {
    await this.#connection.call(
      migratePerform,
      {
        domain,
        destinationUri,
        params: migrationParams(parameters),
        cookie: new Uint8Array(),
        flags: [...flags, 'peer2peer'],
      },
      { timeoutMs: null, ...options },
    );
  }

  async abort(domain: Domain, options?: CallOptions): Promise<void> {
    await this.#connection.call(abortJob, { domain }, options);
  }

  async setMaxDowntime(domain: Domain, downtimeMs: number, options?: CallOptions): Promise<void> {
    await this.#connection.call(setMaxDowntime, { domain, downtimeMs }, options);
  }

  /** In milliseconds. */
  readMaxDowntime(domain: Domain, options?: CallOptions): Promise<number> {
    return this.#connection.call(getMaxDowntime, { domain }, options);
  }

  async setMaxSpeed(domain: Domain, mibPerSecond: number, options?: CallOptions): Promise<void> {
    await this.#connection.call(setMaxSpeed, { domain, mibPerSecond }, options);
  }

  /** How far the job that runs is, or with 'completed' how the last has ended. */
  readJob(domain: Domain, flags: readonly JobStatsFlag[] = [], options?: CallOptions): Promise<Job> {
    return this.#connection.call(getJobStats, { domain, flags }, options);
  }
}
