import type { DesiredPort } from '@virtfn/contract/agent-link';
import type { AttachmentId, NetworkId, ObservedDomain, PortId, PortKind } from '@virtfn/model';
import type { MemberWanted } from '../ports/index.ts';

/** The port that has a VF. */
export interface PortOfVf {
  readonly portId: PortId;
  readonly networkId: NetworkId;
  readonly kind: PortKind;
  /** Its virtual machine by name, or by what the port says of it; null: none is known. */
  readonly vm: string | null;
}

/** The ports of a host that have VFs, by their attachment: its owner's, and those of its fleet. */
export function portsOfVfs(
  { own, wish }: Pick<MemberWanted, 'own' | 'wish'>,
  domains: readonly ObservedDomain[] | null,
): ReadonlyMap<AttachmentId, PortOfVf> {
  const owners = own.flatMap((each) => (each.kind === 'vf' ? [each.port] : []));
  const fleets = wish.kind === 'known' ? wish.kept.ports : [];
  return new Map([...owners, ...fleets].map((port) => [port.attachmentId, portOfVf(port, domains)]));
}

function portOfVf(
  { portId, networkId, vnicType, vm, plug }: DesiredPort,
  domains: readonly ObservedDomain[] | null,
): PortOfVf {
  const domain = domains?.find(({ domainId }) => domainId === plug?.domainId);
  return {
    portId,
    networkId,
    kind: plug?.standby === true ? 'failover' : vnicType,
    vm: domain?.name ?? plug?.domainId ?? vm,
  };
}
