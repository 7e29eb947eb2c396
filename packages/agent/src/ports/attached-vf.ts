import type { DesiredPort } from '@virtfn/contract/agent-link';
import {
  type ConfiguredHost,
  type DesiredPf,
  type DesiredVf,
  effectiveCapability,
  type PhysicalFunction,
  SriovError,
  vfSettingsOfPort,
} from '@virtfn/model';
import { checkNetwork } from './check-network.ts';

export interface PfOfPort {
  /** What host.yaml wants of the PF; undefined: nothing. */
  readonly own: DesiredPf | undefined;
  /** The PF as it was observed; undefined: it is not there. */
  readonly pf: PhysicalFunction | undefined;
  readonly physicalNetworks: ConfiguredHost['physicalNetworks'];
  /** VFs of the PF that other ports have. */
  readonly taken: readonly DesiredVf[];
}

/**
 * The VF that a port shall have, with the settings that it asks for.
 *
 * @throws {SriovError} PF_UNKNOWN, PF_NOT_SHARED, NETWORK_UNREACHABLE, VF_INDEX_INVALID, VF_RESERVED, DESIRED_CONFLICT
 */
export function attachedVfOfPort(
  port: DesiredPort,
  { own, pf, physicalNetworks, taken }: PfOfPort,
): Extract<DesiredVf, { kind: 'attached' }> {
  const { portId, vfIndex, attachmentId } = port;
  if (vfIndex === null) throw new TypeError('the port asks for a whole PF');
  const at = `Cannot serve port ${portId} with VF ${vfIndex} of PF ${port.pf}`;
  const details = { port: portId, pf: port.pf, vfIndex };
  if (pf === undefined) throw new SriovError('PF_UNKNOWN', `${at}: there is no such PF`, { details });
  if (own === undefined)
    throw new SriovError('PF_NOT_SHARED', `${at}: host.yaml does not list the PF`, { details });
  checkNetwork(port, physicalNetworks);
  if (vfIndex >= own.numVfs) {
    const found = own.numVfs === 0 ? 'no VFs' : `VFs 0 to ${own.numVfs - 1}`;
    throw new SriovError('VF_INDEX_INVALID', `${at}: host.yaml asks for ${found}`, { details });
  }
  if (own.vfs.some((vf) => vf.vfIndex === vfIndex))
    throw new SriovError('VF_RESERVED', `${at}: host.yaml keeps it`, { details });
  if (taken.some((vf) => vf.vfIndex === vfIndex))
    throw new SriovError('DESIRED_CONFLICT', `${at}: another port has it`, { details });
  return {
    kind: 'attached',
    vfIndex,
    attachmentId,
    driver: port.vnicType === 'macvtap' ? 'kernel' : 'vfio-pci',
    mtu: null,
    settings: vfSettingsOfPort(
      port,
      port.segment,
      effectiveCapability(pf, own.eswitchMode ?? pf.eswitchMode),
    ),
  };
}
