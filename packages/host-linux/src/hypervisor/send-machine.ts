import { setTimeout as delay } from 'node:timers/promises';
import type { Hypervisor, Migration } from '@virtfn/host';
import { type Domain, LibvirtError, type RpcLibvirt } from '@virtfn/libvirt';
import { SriovError } from '@virtfn/model';
import { isPersistent } from './is-persistent.ts';
import { moveDocument } from './move-document.ts';
import { refusalOf } from './refusal.ts';

const LOOK_EVERY_MS = 5000;
/** How often it is asked whether a migration that somebody else began has ended: a port waits for it. */
const ASK_EVERY_MS = 200;

/**
 * Moves a machine by the two daemons themselves, live, with its definition. They go on with it when whoever asked for it has
 * died: one that is under way is waited for.
 *
 * @throws {SriovError} MIGRATION_FAILED, VM_UNKNOWN, HYPERVISOR_UNREACHABLE, STEP_TIMEOUT
 */
export async function sendMachine(
  libvirt: RpcLibvirt,
  { domainId, uri, arrivals }: Migration,
  signal: AbortSignal,
  onProgress: Parameters<Hypervisor['migrate']>[1]['onProgress'],
): Promise<void> {
  const domain = await libvirt.domains.find({ uuid: domainId });
  const action = `move VM ${domain?.name ?? domainId} to ${uri}`;
  if (domain === null) throw new SriovError('VM_UNKNOWN', `Cannot ${action}: it is not here`);
  const watch = setInterval(() => void tellProgress(libvirt, domain, onProgress), LOOK_EVERY_MS);
  const abort = (): void => void libvirt.migrations.abort(domain).catch(() => {});
  signal.addEventListener('abort', abort, { once: true });
  try {
    if (await isBeingSent(libvirt, domain)) return await joinMigration(libvirt, domain, action);
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
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw refusalOf(action, error);
    throw new SriovError(
      'MIGRATION_FAILED',
      `Cannot ${action}: libvirt says "${error.libvirtMessage ?? error.code}"`,
      {
        details: { libvirt: error.code },
        cause: error,
      },
    );
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
  }
}

async function isBeingSent(libvirt: RpcLibvirt, domain: Domain): Promise<boolean> {
  const { type, operation } = await libvirt.migrations.readJob(domain);
  return operation === 'migration-out' && (type === 'bounded' || type === 'unbounded');
}

/** @throws {SriovError} MIGRATION_FAILED when the machine is still here at the end */
async function joinMigration(libvirt: RpcLibvirt, { uuid }: Domain, action: string): Promise<void> {
  for (;;) {
    const domain = await libvirt.domains.find({ uuid });
    // It goes without a definition when it has arrived, and is shut off here before that is taken away.
    if (domain === null || (await libvirt.domains.readState(domain)).state === 'shutoff') return;
    if (!(await isBeingSent(libvirt, domain))) break;
    await delay(ASK_EVERY_MS);
  }
  throw new SriovError('MIGRATION_FAILED', `Cannot ${action}: a migration that was under way has failed`);
}

async function tellProgress(
  libvirt: RpcLibvirt,
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
