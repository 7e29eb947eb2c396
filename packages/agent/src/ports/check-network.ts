import type { DesiredPort } from '@virtfn/contract/agent-link';
import { type ConfiguredHost, SriovError } from '@virtfn/model';

/** @throws {SriovError} NETWORK_UNREACHABLE when the PF is not joined to the wire that the port needs */
export function checkNetwork(
  { portId, pf, segment: { physicalNetwork } }: DesiredPort,
  physicalNetworks: ConfiguredHost['physicalNetworks'],
): void {
  const joined = physicalNetworks.get(pf) ?? [];
  if (joined.includes(physicalNetwork)) return;
  throw new SriovError(
    'NETWORK_UNREACHABLE',
    `Cannot serve port ${portId} with PF ${pf}: it needs physical network ${physicalNetwork}, and the PF is joined to ${joined.length === 0 ? 'none' : joined.join(', ')}`,
    { details: { port: portId, pf, physicalNetwork, joined } },
  );
}
