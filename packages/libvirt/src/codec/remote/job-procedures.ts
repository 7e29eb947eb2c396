import type { XdrReader } from '../xdr/index.ts';
import { type Domain, writeDomain, writeOnlyDomain } from './domain.ts';
import { bitsOf, type JobStatsFlag, jobStatsFlags } from './flags.ts';
import { nothing, remote } from './procedure.ts';
import { readTypedParam, type TypedParam } from './typed-param.ts';

/** virDomainJobType: 'bounded' knows how much is left. */
const jobTypes = ['none', 'bounded', 'unbounded', 'completed', 'failed', 'cancelled'] as const;
/** virDomainJobOperation. */
const jobOperations = [
  'unknown',
  'start',
  'save',
  'restore',
  'migration-in',
  'migration-out',
  'snapshot',
  'snapshot-revert',
  'dump',
  'backup',
  'snapshot-delete',
] as const;

/** How far a migration or a save is. Null: libvirt does not say it for this job, or not yet. */
export interface JobStats {
  readonly operation: (typeof jobOperations)[number];
  readonly timeElapsedMs: number | null;
  readonly timeRemainingMs: number | null;
  /** Between the guest's stop here and its start there; while it moves, what is expected. */
  readonly downtimeMs: number | null;
  /** Bytes of memory and disks together. A machine has less than 2^53. */
  readonly dataTotal: number | null;
  readonly dataProcessed: number | null;
  readonly dataRemaining: number | null;
  readonly memoryTotal: number | null;
  readonly memoryProcessed: number | null;
  readonly memoryRemaining: number | null;
  /** Bytes a second. */
  readonly memoryBps: number | null;
  /** Pages a second that the guest writes to, which have to be sent again. */
  readonly memoryDirtyRate: number | null;
  /** How often all memory was gone through. */
  readonly memoryIteration: number | null;
  /** Percent by which the guest's CPUs are slowed down so that the migration ends. */
  readonly autoConvergeThrottle: number | null;
  /** Of a job that has ended. */
  readonly success: boolean | null;
  /** Everything, as libvirt has sent it. */
  readonly params: readonly TypedParam[];
}

/** A job and how far it is. */
export interface Job extends JobStats {
  readonly type: (typeof jobTypes)[number];
}

/** REMOTE_DOMAIN_JOB_STATS_MAX. */
const JOB_STATS_MAX = 64;

export function readJobStats(reader: XdrReader): JobStats {
  const params = reader.array(JOB_STATS_MAX, readTypedParam);
  const byField = new Map(params.map((param) => [param.field, param.value]));
  const number = (field: string): number | null => {
    const value = byField.get(field);
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
  };
  const success = byField.get('success');
  return {
    operation: jobOperations[number('operation') ?? 0] ?? 'unknown',
    timeElapsedMs: number('time_elapsed'),
    timeRemainingMs: number('time_remaining'),
    downtimeMs: number('downtime'),
    dataTotal: number('data_total'),
    dataProcessed: number('data_processed'),
    dataRemaining: number('data_remaining'),
    memoryTotal: number('memory_total'),
    memoryProcessed: number('memory_processed'),
    memoryRemaining: number('memory_remaining'),
    memoryBps: number('memory_bps'),
    memoryDirtyRate: number('memory_dirty_rate'),
    memoryIteration: number('memory_iteration'),
    autoConvergeThrottle: number('auto_converge_throttle'),
    success: typeof success === 'boolean' ? success : null,
    params,
  };
}

export const getJobStats = remote(
  298,
  'virDomainGetJobStats',
  (writer, { domain, flags }: { readonly domain: Domain; readonly flags: readonly JobStatsFlag[] }) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(jobStatsFlags, flags));
  },
  (reader): Job => {
    const type = reader.int();
    return { type: jobTypes[type] ?? 'none', ...readJobStats(reader) };
  },
);

export const abortJob = remote(164, 'virDomainAbortJob', writeOnlyDomain, nothing);

export const setMaxDowntime = remote(
  166,
  'virDomainMigrateSetMaxDowntime',
  (writer, { domain, downtimeMs }: { readonly domain: Domain; readonly downtimeMs: number }) => {
    writeDomain(writer, domain);
    writer.uhyper(BigInt(downtimeMs)).uint(0);
  },
  nothing,
);

export const getMaxDowntime = remote(
  387,
  'virDomainMigrateGetMaxDowntime',
  (writer, { domain }: { readonly domain: Domain }) => {
    writeDomain(writer, domain);
    writer.uint(0);
  },
  (reader) => reader.safeUhyper(),
);

export const setMaxSpeed = remote(
  207,
  'virDomainMigrateSetMaxSpeed',
  (writer, { domain, mibPerSecond }: { readonly domain: Domain; readonly mibPerSecond: number }) => {
    writeDomain(writer, domain);
    writer.uhyper(BigInt(mibPerSecond)).uint(0);
  },
  nothing,
);
