import {
  type DesiredHost,
  type DesiredPf,
  type ObservedDomain,
  ownerOfAlias,
  type WantedInterface,
} from '@virtfn/model';
import type { MergedHost } from '../ports/merge-ports.ts';

/**
 * What is wanted of the host beside its machines as they are at this moment: who a card passes frames for hangs on where a
 * machine runs, and whether its VF is in it. A machine that moves is on two hosts for a while, and of their two cards only
 * one may have its MAC: that of the host where it runs. Pure.
 */
export function desiredWithDomains(
  { desired, interfaces, physicalNetworks }: MergedHost,
  domains: readonly ObservedDomain[] | null,
): DesiredHost {
  const held = new Set(
    interfaces.filter((each) => isMacHeld(each, domains)).map(({ attachmentId }) => attachmentId),
  );
  const local = domains === null ? [] : interfaces.filter((each) => isOnBridgeAlone(each, domains));
  if (held.size === 0 && local.length === 0) return desired;
  const pfs = desired.pfs.map((pf): DesiredPf => {
    const joined = physicalNetworks.get(pf.pf) ?? [];
    const macs = local
      .filter(({ physicalNetwork }) => joined.includes(physicalNetwork))
      .map(({ mac }) => mac);
    const localMacs = pf.localMacs === null ? null : [...new Set([...pf.localMacs, ...macs])];
    return {
      ...pf,
      localMacs,
      vfs: pf.vfs.map((vf) =>
        vf.kind === 'attached' && held.has(vf.attachmentId) ? { ...vf, isMacHeld: true } : vf,
      ),
    };
  });
  return { ...desired, pfs };
}

/** A VF of a machine that moves has its MAC where the machine runs, and once the machine has the VF. */
function isMacHeld(
  { attachmentId, domainId, place, move }: WantedInterface,
  domains: readonly ObservedDomain[] | null,
): boolean {
  if (move === null) return false;
  // Nobody knows where it is: who goes was here, who comes was not.
  if (domains === null) return move.kind === 'arriving';
  const domain = domains.find((each) => each.domainId === domainId);
  if (domain !== undefined && domain.unread !== null)
    return move.kind === 'arriving' && domain.state !== 'running';
  if (domain?.state !== 'running') return true;
  return place.kind !== 'macvtap' && !has(domain, attachmentId, 'port');
}

/** Whether all that reaches the machine reaches it over a bridge of this host, which the card has to be told. */
function isOnBridgeAlone(
  { attachmentId, domainId, place }: WantedInterface,
  domains: readonly ObservedDomain[],
): boolean {
  if (place.kind !== 'failover') return false;
  const domain = domains.find((each) => each.domainId === domainId);
  return (
    domain?.state === 'running' && has(domain, attachmentId, 'standby') && !has(domain, attachmentId, 'port')
  );
}

function has(domain: ObservedDomain, attachmentId: string, role: 'port' | 'standby'): boolean {
  return domain.live.some(({ alias }) => {
    const owner = ownerOfAlias(alias);
    return owner?.attachmentId === attachmentId && owner.role === role;
  });
}
