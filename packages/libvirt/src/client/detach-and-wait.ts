import type { Domain } from '../codec/index.ts';
import type { Libvirt, LibvirtEvent } from './libvirt.ts';

/** What became of a device that a guest was asked to let go. */
export type RemovalOutcome =
  | { readonly kind: 'removed' }
  /** The guest said no. It may be asked again. */
  | { readonly kind: 'refused' }
  /** The domain has ended, and the device is free with it. */
  | { readonly kind: 'domain-stopped' }
  /** Nothing was heard within the limit. The guest may let go at any time later. */
  | { readonly kind: 'no-answer' }
  /** Events were lost meanwhile: only the domain's XML can tell. */
  | { readonly kind: 'unknown' };

export interface DetachAndWait {
  readonly domain: Domain;
  /** libvirt's name of the device: "hostdev0". */
  readonly alias: string;
  /** How long the guest may take after libvirt has taken the order. A guest that boots answers after its boot. */
  readonly limitMs: number;
  /** Gives the waiting up. */
  readonly signal?: AbortSignal;
}

/**
 * Asks for a device by `ask`, and waits until it is gone. The events are subscribed to before it is asked, so that an answer
 * cannot come too early.
 *
 * @throws what `ask` throws, or what the signal says
 */
export async function detachAndWait(
  libvirt: Libvirt,
  { domain, alias, limitMs, signal }: DetachAndWait,
  ask: () => Promise<void>,
): Promise<RemovalOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<RemovalOutcome>();
  const abort = (): void => reject(signal?.reason);
  await using watch = await libvirt.watch(
    (event) => {
      const outcome = outcomeOf(event, domain, alias);
      if (outcome !== null) resolve(outcome);
    },
    { kinds: ['device-removed', 'device-removal-failed', 'lifecycle'] },
  );
  signal?.throwIfAborted();
  const deaf = watch.missing.includes('device-removed');
  let timer: NodeJS.Timeout | undefined;
  signal?.addEventListener('abort', abort, { once: true });
  try {
    // Both are awaited as soon as they exist: neither may fail unheard.
    const asked = ask().then(() => {
      if (deaf) resolve({ kind: 'unknown' });
      timer = setTimeout(() => resolve({ kind: 'no-answer' }), limitMs);
    });
    const [outcome] = await Promise.all([promise, asked]);
    return outcome;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function outcomeOf(event: LibvirtEvent, domain: Domain, alias: string): RemovalOutcome | null {
  if (event.kind === 'events-lost') return { kind: 'unknown' };
  if (!('domain' in event) || event.domain.uuid !== domain.uuid) return null;
  if (event.kind === 'lifecycle') return event.event === 'stopped' ? { kind: 'domain-stopped' } : null;
  if (!('alias' in event) || event.alias !== alias) return null;
  if (event.kind === 'device-removed') return { kind: 'removed' };
  return event.kind === 'device-removal-failed' ? { kind: 'refused' } : null;
}
