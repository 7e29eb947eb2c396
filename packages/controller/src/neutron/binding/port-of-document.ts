import {
  type Binding,
  type Port,
  parseHostId,
  parseMacAddress,
  parseNetworkId,
  parsePhysicalNetwork,
  parsePortId,
  type QosRates,
  type Segment,
} from '@virtfn/model';
import type { PortDocument, SegmentDocument, WireVnicType } from '../documents/index.ts';

/** The kinds of ports that a card serves. */
export type CardVnicType = 'direct' | 'macvtap' | 'direct-physical';

export function isOfCard(vnicType: WireVnicType): vnicType is CardVnicType {
  return vnicType === 'direct' || vnicType === 'macvtap' || vnicType === 'direct-physical';
}

/** A port as the model has it. @throws {SriovError} MAC_ADDRESS_INVALID for one that no card takes */
export function portOfDocument(port: PortDocument, vnicType: CardVnicType, qos: QosRates): Port {
  const hostId = port['binding:host_id'];
  const binding: Binding = {
    hostId: hostId === '' ? null : parseHostId(hostId),
    vnicType,
    vifType: port['binding:vif_type'],
    profile: port['binding:profile'],
  };
  return {
    portId: parsePortId(port.id),
    networkId: parseNetworkId(port.network_id),
    mac: parseMacAddress(port.mac_address),
    adminStateUp: port.admin_state_up,
    portSecurityEnabled: port.port_security_enabled,
    trusted: isTrusted(port),
    propagateUplinkStatus: port.propagate_uplink_status,
    qos,
    binding,
    status: port.status,
  };
}

/** Said by the attribute or, as before there was one, in the profile; words count as Nova's tags do. */
function isTrusted({ trusted, 'binding:profile': profile }: PortDocument): boolean {
  if (trusted !== null) return trusted;
  const { trusted: said } = profile;
  return said === true || (typeof said === 'string' && said.toLowerCase() === 'true');
}

export function segmentOfDocument(segment: SegmentDocument): Segment {
  const physicalNetwork = parsePhysicalNetwork(segment.physical_network);
  if (segment.network_type === 'flat' || segment.segmentation_id === null)
    return { kind: 'flat', physicalNetwork };
  return { kind: 'vlan', physicalNetwork, segmentationId: segment.segmentation_id };
}
