import type { DomainInterface, ObservedInterface } from './domain-interface.ts';
import { interfaceAlias, ownerOfAlias } from './domain-interface.ts';
import type { Arrival } from './wanted-interface.ts';
import type { AttachmentId } from '../names/index.ts';

/** What of an interface is another on the host that its machine goes to. The rest stays. */
export type MovedInterface = Pick<DomainInterface, 'alias' | 'source' | 'teaming'>;

/** What an interface of ours becomes on the host that its machine goes to; null: it is none of ours, and stays as it is. */
export function movedInterface(
  { alias, source, teaming }: Pick<ObservedInterface, 'alias' | 'source' | 'teaming'>,
  arrivals: ReadonlyMap<AttachmentId, Arrival>,
): MovedInterface | null {
  const owner = ownerOfAlias(alias);
  const arrival = owner === null ? undefined : arrivals.get(owner.attachmentId);
  if (owner === null || arrival === undefined || source === null) return null;
  const there = {
    alias: interfaceAlias(arrival.attachmentId, owner.role),
    teaming:
      teaming?.kind === 'transient'
        ? ({ kind: 'transient', persistent: interfaceAlias(arrival.attachmentId, 'standby') } as const)
        : teaming,
  };
  switch (source.kind) {
    case 'vf':
    case 'pci-device':
      return { ...there, source: { kind: source.kind, pciAddress: arrival.pciAddress } };
    case 'macvtap':
      return arrival.netdevName === null
        ? null
        : { ...there, source: { kind: 'macvtap', netdevName: arrival.netdevName } };
    case 'bridge':
    case 'ovs':
      if (arrival.bridge === null) return { ...there, source };
      return arrival.bridge.kind === 'linux'
        ? { ...there, source: { kind: 'bridge', bridge: arrival.bridge.name } }
        : {
            ...there,
            source: {
              kind: 'ovs',
              bridge: arrival.bridge.name,
              interfaceId: source.kind === 'ovs' ? source.interfaceId : null,
            },
          };
  }
}
