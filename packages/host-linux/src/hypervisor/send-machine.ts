import { setTimeout as delay } from 'node:timers/promises';
import type { Hypervisor, Migration } from '@virtfn/host';
import { type Domain, LibvirtError, type RpcLibvirt } from '@virtfn/libvirt';
import { SriovError } from '@virtfn/model';
import { isPersistent } from './is-persistent.ts';
import { moveDocument } from './move-document.ts';
import { isGone, refusalOf } from './refusal.ts';

type Asked = Pick<RpcLibvirt, 'domains' | 'migrations'>;

const LOOK_EVERY_MS = 5000;
/** How often it is asked whether a migration that somebody else began has ended: a port waits for it. */
const ASK_EVERY_MS = 200;

/**
 * Moves a machine by the two daemons themselves, live, with its definition. They go on with it when whoever asked for it has
 * died: one that is under way is waited for. A machine that has left meanwhile was moved: whether it runs there, the other
 * host tells.
 *
 * @throws {SriovError} MIGRATION_FAILED, HYPERVISOR_UNREACHABLE, STEP_TIMEOUT
 */
export async function sendMachine(
  libvirt: Asked,
  migration: Migration,
  signal: AbortSignal,
  onProgress: Parameters<Hypervisor['migrate']>[1]['onProgress'],
): Promise<void> {
  const { domainId, uri } = migration;
  let action = `move VM ${domainId} to ${uri}`;
  try {
    const domain = await libvirt.domains.find({ uuid: domainId });
    if (domain === null) return;
    action = `move VM ${domain.name} to ${uri}`;
    const watch = setInterval(() => void tellProgress(libvirt, domain, onProgress), LOOK_EVERY_MS);
    const over = new AbortController();
    const abort = async (): Promise<void> => {
      // Again and again, one question at a time: libvirt refuses it until it has begun.
      while (!over.signal.aborted) {
        await libvirt.migrations.abort(domain).catch(() => {});
        await delay(ASK_EVERY_MS);
      }
    };
    const onAbort = (): void => void abort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (await isBeingSent(libvirt, domain)) await joinMigration(libvirt, domain, action);
      else await beginMigration(libvirt, domain, migration, { signal, action });
    } catch (error) {
      // A destination says so, too, of a machine that it has lost: then it is still here.
      if (!isGone(error) || (await libvirt.domains.find({ uuid: domainId })) !== null) throw error;
    } finally {
      clearInterval(watch);
      over.abort();
      signal.removeEventListener('abort', onAbort);
    }
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw refusalOf(action, error);
    throw new SriovError(
      'MIGRATION_FAILED',
      `Cannot ${action}: libvirt says "${error.libvirtMessage ?? error.code}"`,
      { details: { libvirt: error.code }, cause: error },
    );
  }
}

/** @throws {SriovError} MIGRATION_FAILED when it was given up before it began */
async function beginMigration(
  libvirt: Asked,
  domain: Domain,
  { uri, arrivals }: Migration,
  { signal, action }: { readonly signal: AbortSignal; readonly action: string },
): Promise<void> {
  const isKept = await isPersistent(libvirt, domain);
  const live = await libvirt.domains.readXml(domain, ['migratable']);
  const config = isKept ? await libvirt.domains.readXml(domain, ['inactive']) : null;
  if (signal.aborted) throw new SriovError('MIGRATION_FAILED', `Cannot ${action}: it was given up`);
  await libvirt.migrations.migrateToUri(
    domain,
    {
      destinationUri: uri,
      destinationXml: moveDocument(live, arrivals),
      flags: ['live', 'auto-converge', ...(isKept ? (['persist-dest', 'undefine-source'] as const) : [])],
      ...(config === null ? {} : { persistentXml: moveDocument(config, arrivals) }),
    },
    { timeoutMs: null },
  );
}

async function isBeingSent(libvirt: Asked, domain: Domain): Promise<boolean> {
  try {
    const { type, operation } = await libvirt.migrations.readJob(domain);
    return operation === 'migration-out' && (type === 'bounded' || type === 'unbounded');
  } catch (error) {
    // What is off has no job.
    if (error instanceof LibvirtError && error.code === 'VIR_ERR_OPERATION_INVALID') return false;
    throw error;
  }
}

/** @throws {SriovError} MIGRATION_FAILED when the machine is still here at the end */
async function joinMigration(libvirt: Asked, domain: Domain, action: string): Promise<void> {
  for (;;) {
    // In this order: it is sent until the moment in which it is off.
    const isUnderWay = await isBeingSent(libvirt, domain);
    // It goes without a definition when it has arrived, and is shut off here before that is taken away.
    if ((await libvirt.domains.readState(domain)).state === 'shutoff') return;
    if (!isUnderWay) break;
    await delay(ASK_EVERY_MS);
  }
  throw new SriovError('MIGRATION_FAILED', `Cannot ${action}: a migration that was under way has failed`);
}

async function tellProgress(
  libvirt: Asked,
  domain: Domain,
  onProgress: Parameters<Hypervisor['migrate']>[1]['onProgress'],
): Promise<void> {
  try {
    const { memoryProcessed, memoryRemaining } = await libvirt.migrations.readJob(domain);
    if (memoryProcessed !== null && memoryRemaining !== null)
      onProgress({ doneBytes: memoryProcessed, leftBytes: memoryRemaining });
  } catch {
    // It has ended meanwhile, which the migration itself tells.
  }
}
