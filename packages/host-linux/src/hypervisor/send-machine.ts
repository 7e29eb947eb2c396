import type { Hypervisor, Migration } from '@virtfn/host';
import { type Domain, LibvirtError, type RpcLibvirt } from '@virtfn/libvirt';
import { SriovError } from '@virtfn/model';
import { isPersistent } from './is-persistent.ts';
import { moveDocument } from './move-document.ts';
import { refusalOf } from './refusal.ts';

const LOOK_EVERY_MS = 5000;

/**
 * Moves a machine by the two daemons themselves, live, with its definition.
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
