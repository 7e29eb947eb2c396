import type { DesiredPort } from '@virtfn/contract/agent-link';
import { type ConfiguredHost, type DesiredPf, type PhysicalFunction, SriovError } from '@virtfn/model';
import { checkNetwork } from './check-network.ts';

/**
 * Whether a PF may be given away whole. Nothing has to be set for it: libvirt takes its driver off when the machine is
 * plugged to it.
 *
 * @throws {SriovError} PF_UNKNOWN, PF_NOT_SHARED, NETWORK_UNREACHABLE, PF_HAS_VFS
 */
export function checkWholePf(
  port: DesiredPort,
  own: DesiredPf | undefined,
  pf: PhysicalFunction | undefined,
  physicalNetworks: ConfiguredHost['physicalNetworks'],
): void {
  const at = `Cannot give PF ${port.pf} to port ${port.portId}`;
  const details = { port: port.portId, pf: port.pf };
  if (pf === undefined) throw new SriovError('PF_UNKNOWN', `${at}: there is no such PF`, { details });
  // Its owner has it already: without a netdev, host.yaml may not find it by name any more.
  if (pf.driver === 'vfio-pci') return;
  if (own === undefined)
    throw new SriovError('PF_NOT_SHARED', `${at}: host.yaml does not list it`, { details });
  checkNetwork(port, physicalNetworks);
  if (pf.carriesDefaultRoute)
    throw new SriovError('PF_NOT_SHARED', `${at}: the default route of the host leaves through it`, {
      details,
    });
  if (own.numVfs > 0)
    throw new SriovError('PF_HAS_VFS', `${at}: host.yaml asks for ${own.numVfs} VFs on it`, { details });
  if (pf.numVfs > 0) throw new SriovError('PF_HAS_VFS', `${at}: it has ${pf.numVfs} VFs`, { details });
}
