import type { DesiredVfSettings } from '../desired/index.ts';
import type { DriverCapability } from '../drivers/index.ts';
import { parseVlan } from '../ethernet/index.ts';
import type { LinkState } from '../inventory/index.ts';
import type { PortWishes } from './port.ts';
import type { Segment } from './segment.ts';

/**
 * kbit/s to the kernel's Mbit/s as Neutron's agent does it: below 1000 is 1, the rest is rounded.
 */
export function kbpsToMbps(kbps: number): number {
  return kbps < 1000 ? 1 : Math.round(kbps / 1000);
}

/** Neutron's order: a port that is down is down, one that follows the uplink follows it, all others are up. */
function linkStateOf(port: PortWishes, capability: DriverCapability): LinkState {
  if (!port.adminStateUp) return 'disable';
  if (port.propagateUplinkStatus) return 'auto';
  // Without link state in the driver the VF follows the PF's carrier, which is what `auto` says.
  return capability.attributes.linkState === 'no' ? 'auto' : 'enable';
}

/** What a port asks of its VF: MAC, VLAN of its segment, spoof check from port security, trust, link, rates. */
export function vfSettingsOfPort(
  port: PortWishes,
  segment: Segment,
  capability: DriverCapability,
): DesiredVfSettings {
  return {
    adminMac: port.mac,
    vlan: segment.kind === 'vlan' ? parseVlan(segment.segmentationId) : null,
    spoofCheck: port.portSecurityEnabled,
    trust: port.trusted,
    linkState: linkStateOf(port, capability),
    minTxRateMbps: port.qos.minKbps === null ? null : kbpsToMbps(port.qos.minKbps),
    maxTxRateMbps: port.qos.maxKbps === null ? null : kbpsToMbps(port.qos.maxKbps),
  };
}
