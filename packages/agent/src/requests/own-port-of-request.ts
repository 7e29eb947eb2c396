import type { AttachRequest } from '@virtfn/contract/host-program';
import type { OwnPort, Plug } from '@virtfn/contract/agent-link';
import {
  type ConfiguredHost,
  type MacAddress,
  type ObservedDomain,
  type ObservedHost,
  ownAttachmentId,
  parseMacAddress,
  parseNetworkId,
  parsePhysicalNetwork,
  parsePortId,
  type Segment,
  SriovError,
} from '@virtfn/model';
import type { PortWish } from '../ports/index.ts';
import { bridgeFor } from '../domains/index.ts';
import { fleetPortsOf, type FreeVf, freeVfs } from './free-vfs.ts';

/** What a new port is chosen from. */
export interface AttachScene {
  readonly configured: ConfiguredHost;
  readonly observed: ObservedHost;
  readonly domain: ObservedDomain;
  readonly domains: readonly ObservedDomain[];
  /** All ports that the host is asked for by now. */
  readonly wish: PortWish;
  readonly newUuid: () => string;
}

/**
 * The port that a request asks for, on each VF that could serve it: the best first. What the card and its driver say
 * to it is the plan's to find out. Pure.
 *
 * @throws {SriovError} NO_FREE_VF, BRIDGE_MISSING, PF_UNKNOWN, MAC_IN_USE, MAC_ADDRESS_INVALID, NAME_INVALID,
 * VM_NOT_RUNNING, VM_NOT_PERSISTENT, PF_HAS_VFS
 */
export function ownPortsOfRequest(request: AttachRequest, scene: AttachScene): readonly OwnPort[] {
  const unique = scene.newUuid();
  const physicalNetwork = parsePhysicalNetwork(request.physicalNetwork);
  const mac = request.mac === null ? macOf(unique) : parseMacAddress(request.mac);
  requireFreeMac(mac, scene);
  const plug: Plug = {
    domainId: scene.domain.domainId,
    scope: scopeOf(request, scene.domain),
    standby: request.kind === 'failover',
  };
  const ids = { portId: parsePortId(unique), attachmentId: ownAttachmentId(unique) };
  const { vlanId, kind } = request;
  if (kind === 'normal' || kind === 'failover')
    bridgeFor(scene.configured.bridges, physicalNetwork, vlanId, ids);
  if (kind === 'normal') {
    const port = { ...ids, mac, physicalNetwork, vlanId, plug };
    return [{ kind: 'normal', leaving: 'no', port }];
  }
  const segment: Segment =
    vlanId === null
      ? { kind: 'flat', physicalNetwork }
      : { kind: 'vlan', physicalNetwork, segmentationId: vlanId };
  return freeVfs(request, physicalNetwork, scene).map(({ pf, vfIndex }: FreeVf): OwnPort => {
    const rest = { networkId: parseNetworkId(request.physicalNetwork), mac, vm: scene.domain.name, plug };
    const port = {
      ...ids,
      ...rest,
      pf,
      vfIndex,
      vnicType: kind === 'failover' ? ('direct' as const) : kind,
      segment,
      adminStateUp: true,
      portSecurityEnabled: request.spoofCheck,
      trusted: request.trust,
      propagateUplinkStatus: false,
      qos: { minKbps: kbps(request.minTxRateMbps), maxKbps: kbps(request.maxTxRateMbps) },
    };
    return { kind: 'vf', leaving: 'no', port };
  });
}

const kbps = (mbps: number | null): number | null => (mbps === null ? null : mbps * 1000);

/** @throws {SriovError} VM_NOT_RUNNING, VM_NOT_PERSISTENT */
function scopeOf({ scope, vm }: AttachRequest, domain: ObservedDomain): Plug['scope'] {
  const wanted = scope ?? (domain.isPersistent ? 'both' : 'live');
  const details = { vm: domain.name };
  if (wanted === 'live' && domain.state === 'shut-off')
    throw new SriovError('VM_NOT_RUNNING', `Cannot attach to VM ${vm} live: it is shut off`, { details });
  if (wanted !== 'live' && !domain.isPersistent)
    throw new SriovError(
      'VM_NOT_PERSISTENT',
      `Cannot write a port into the configuration of VM ${vm}: it has none that outlives its run`,
      { details },
    );
  return wanted;
}

/** Of QEMU's own range, by a number that was never given before. */
function macOf(unique: string): MacAddress {
  const digits = unique.replaceAll('-', '').slice(-6);
  return parseMacAddress(`52:54:00:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`);
}

/** @throws {SriovError} MAC_IN_USE */
function requireFreeMac(mac: MacAddress, { domains, wish }: AttachScene): void {
  const inDomain = domains.find(({ live, config }) => [...live, ...config].some((each) => each.mac === mac));
  const port = [...wish.own.map((each) => each.port), ...fleetPortsOf(wish)].find((each) => each.mac === mac);
  if (inDomain === undefined && port === undefined) return;
  const owner = inDomain === undefined ? `port ${port?.portId}` : `VM ${inDomain.name}`;
  throw new SriovError('MAC_IN_USE', `Cannot attach a port with MAC ${mac}: ${owner} has it`, {
    details: { mac, owner },
  });
}
