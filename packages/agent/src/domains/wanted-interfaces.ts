import type { DesiredPort, OwnPort, Plug } from '@virtfn/contract/agent-link';
import {
  type AttachmentId,
  type Bridge,
  type BridgeConfig,
  type Move,
  type PhysicalNetwork,
  type PlugPlace,
  SriovError,
  type WantedInterface,
} from '@virtfn/model';

/** What ports come to in virtual machines. */
export interface WantedInterfaces {
  readonly wanted: readonly WantedInterface[];
  /** Ports that cannot be plugged, with the reason. */
  readonly failed: ReadonlyMap<AttachmentId, SriovError>;
}

type NormalPort = Extract<OwnPort, { readonly kind: 'normal' }>['port'];

/** Finds for each port that virtfn plugs how it is plugged. A port that is leaving is not among them. Pure. */
export function wantedInterfaces(
  ports: readonly DesiredPort[],
  normalPorts: readonly NormalPort[],
  bridges: readonly BridgeConfig[],
): WantedInterfaces {
  const wanted: WantedInterface[] = [];
  const failed = new Map<AttachmentId, SriovError>();
  const add = (
    port: Pick<DesiredPort, 'attachmentId' | 'portId' | 'mac'>,
    plug: Plug,
    wire: Pick<WantedInterface, 'physicalNetwork' | 'vlanId'>,
    placeOf: () => PlugPlace,
  ): void => {
    const { attachmentId, portId, mac } = port;
    try {
      const { domainId, scope } = plug;
      const move = moveOf(plug);
      wanted.push({ attachmentId, portId, mac, domainId, scope, ...wire, place: placeOf(), move });
    } catch (error) {
      if (!(error instanceof SriovError)) throw error;
      failed.set(attachmentId, error);
    }
  };
  for (const port of ports) {
    const { plug, segment } = port;
    if (plug === undefined || plug === null) continue;
    const vlanId = segment.kind === 'vlan' ? segment.segmentationId : null;
    const { physicalNetwork } = segment;
    add(port, plug, { physicalNetwork, vlanId }, () =>
      placeOfVf(port, plug, () => bridgeFor(bridges, physicalNetwork, vlanId, port)),
    );
  }
  for (const port of normalPorts) {
    const { physicalNetwork, vlanId, plug } = port;
    add(port, plug, { physicalNetwork, vlanId }, () => ({
      kind: 'normal',
      bridge: bridgeFor(bridges, physicalNetwork, vlanId, port),
    }));
  }
  return { wanted, failed };
}

function moveOf({ move }: Plug): Move | null {
  if (move === undefined || move === null) return null;
  if (move.kind === 'arriving') return { kind: 'arriving' };
  const { migrationId, destination } = move;
  const { uri, ...arrival } = destination;
  return { kind: 'departing', migrationId, uri, arrival };
}

function placeOfVf(port: DesiredPort, plug: Plug, findBridge: () => Bridge): PlugPlace {
  const { pf, vfIndex, vnicType } = port;
  if (vnicType === 'direct-physical' || vfIndex === null) return { kind: 'direct-physical', pf };
  const vf = { pf, vfIndex };
  if (vnicType === 'macvtap') return { kind: 'macvtap', vf };
  return plug.standby ? { kind: 'failover', vf, bridge: findBridge() } : { kind: 'direct', vf };
}

/**
 * The bridge of the host that is on the wire and in the VLAN of a port.
 *
 * @throws {SriovError} BRIDGE_MISSING naming those that host.yaml has
 */
export function bridgeFor(
  bridges: readonly BridgeConfig[],
  physicalNetwork: PhysicalNetwork,
  vlanId: number | null,
  { portId }: Pick<DesiredPort, 'portId'>,
): Bridge {
  const found = bridges.find(
    (each) =>
      each.physicalNetwork === physicalNetwork && (each.kind === 'ovs' ? true : each.vlanId === vlanId),
  );
  if (found !== undefined) return { kind: found.kind, name: found.name };
  const where = `physical network ${physicalNetwork}${vlanId === null ? '' : ` VLAN ${vlanId}`}`;
  const known = bridges.map((each) => {
    const vlan = each.vlanId === null ? '' : ` VLAN ${each.vlanId}`;
    return `${each.name} for ${each.physicalNetwork}${vlan}`;
  });
  throw new SriovError(
    'BRIDGE_MISSING',
    `Cannot plug port ${portId}: it needs a bridge on ${where}, and host.yaml has ${known.length === 0 ? 'none' : known.join(', ')}`,
    { details: { port: portId, physicalNetwork, vlanId, bridges: known } },
  );
}
