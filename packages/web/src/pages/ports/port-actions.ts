import type { AttachmentDocument } from '@virtfn/contract';
import type { Port } from '../../neutron/index.ts';

type PortAction = 'bind' | 'unbind' | 'attach' | 'detach' | 'migrate' | 'delete';

/**
 * What can be done with a port as it stands; what stands in the way of the rest is another of these.
 *
 * @param isAdmin whether whoever looks may say where ports are: members of a project may not
 */
export function portActions(
  port: Port,
  attachment: AttachmentDocument | undefined,
  isAdmin: boolean,
): ReadonlySet<PortAction> {
  if (!isAdmin) return new Set(['delete']);
  const vm = attachment?.vm ?? null;
  if (vm !== null && vm.move !== null) return new Set();
  if (vm !== null) return new Set(['detach', 'migrate', 'delete']);
  const isOfCard = port.vnicType !== 'normal';
  return new Set([
    ...(isOfCard && !isBound(port) ? (['bind'] as const) : []),
    ...(isOfCard ? (['attach'] as const) : []),
    // A port that no host could take is bound to that host by name until somebody takes it back.
    ...(port.vifType === 'unbound' ? [] : (['unbind'] as const)),
    'delete',
  ]);
}

const isBound = ({ vifType }: Port): boolean => vifType !== 'unbound' && vifType !== 'binding_failed';
