import { randomUUID } from 'node:crypto';
import { releaseClaim, takeClaim } from '../../store/index.ts';
import type { Call, WriteCall } from '../framework/index.ts';
import { conflict, invalidInput, NeutronError } from '../wire/neutron-error.ts';

/** A segment that has its VLAN. */
export interface ChosenSegment {
  readonly id: string;
  readonly network_type: 'flat' | 'vlan';
  readonly physical_network: string;
  readonly segmentation_id: number | null;
}

/** A segment as it is asked for; null: whatever is free. */
export interface WantedSegment {
  readonly network_type: string | null;
  readonly physical_network: string | null;
  readonly segmentation_id: number | null;
}

const spaceOf = (physicalNetwork: string): string => `segment/${physicalNetwork}`;

const keyOf = (vlan: number | null): string => (vlan === null ? 'flat' : `vlan/${vlan}`);

/** What holds a segment's claim. */
const ownerOf = (id: string): string => `segment/${id}`;

type Place = Omit<ChosenSegment, 'id'>;

/**
 * Takes the segment that is asked for, or a free one of the configured VLAN ranges.
 *
 * @throws {NeutronError} InvalidInput, VlanIdInUse, FlatNetworkInUse, NoNetworkAvailable
 */
export async function chooseSegment(call: WriteCall, wanted: WantedSegment): Promise<ChosenSegment> {
  const id = randomUUID();
  return { id, ...(await takePlace(call, wanted, ownerOf(id))) };
}

async function takePlace(call: WriteCall, wanted: WantedSegment, owner: string): Promise<Place> {
  const { network_type: type, physical_network: physicalNetwork, segmentation_id: vlan } = wanted;
  if (type === null) {
    if (physicalNetwork !== null || vlan !== null) throw invalidInput('network_type required');
    return takeFreeVlan(call, null, owner);
  }
  if (type === 'flat') return takeFlat(call, physicalNetwork, vlan, owner);
  if (type !== 'vlan') throw invalidInput(`network_type value '${type.slice(0, 64)}' not supported`);
  if (physicalNetwork === null) {
    if (vlan !== null)
      throw invalidInput('segmentation_id requires physical_network for VLAN provider network');
    return takeFreeVlan(call, null, owner);
  }
  if (!isKnown(call, physicalNetwork))
    throw invalidInput(`physical_network '${physicalNetwork}' unknown for VLAN provider network`);
  if (vlan === null) return takeFreeVlan(call, physicalNetwork, owner);
  if (vlan < 1 || vlan > 4094) throw invalidInput('segmentation_id out of range (1 through 4094)');
  if (await takeClaim(call.write, spaceOf(physicalNetwork), keyOf(vlan), owner))
    return { network_type: 'vlan', physical_network: physicalNetwork, segmentation_id: vlan };
  throw conflict(
    'VlanIdInUse',
    `Unable to create the network. The VLAN ${vlan} on physical network ${physicalNetwork} is in use.`,
  );
}

/** Gives back what a segment had. */
export async function releaseSegment(
  call: WriteCall,
  { id, physical_network: physicalNetwork, segmentation_id: vlan }: ChosenSegment,
): Promise<void> {
  await releaseClaim(call.write, spaceOf(physicalNetwork), keyOf(vlan), ownerOf(id));
}

async function takeFlat(
  call: WriteCall,
  physicalNetwork: string | null,
  vlan: number | null,
  owner: string,
): Promise<Place> {
  if (physicalNetwork === null) throw invalidInput('physical_network required for flat provider network');
  if (vlan !== null) throw invalidInput('segmentation_id prohibited for flat provider network');
  const { flatNetworks } = call.settings;
  const mayBeFlat = flatNetworks.includes('*')
    ? isKnown(call, physicalNetwork)
    : flatNetworks.includes(physicalNetwork);
  if (!mayBeFlat)
    throw invalidInput(`physical_network '${physicalNetwork}' unknown for flat provider network`);
  if (await takeClaim(call.write, spaceOf(physicalNetwork), keyOf(null), owner))
    return { network_type: 'flat', physical_network: physicalNetwork, segmentation_id: null };
  throw conflict(
    'FlatNetworkInUse',
    `Unable to create the flat network. Physical network ${physicalNetwork} is in use.`,
  );
}

/** A wire is known by its VLAN range, or because a host has a PF on it. */
function isKnown({ settings }: Call, physicalNetwork: string): boolean {
  return (
    settings.vlanRanges.some((range) => range.physicalNetwork === physicalNetwork) ||
    settings.fleet.hasPhysicalNetwork(physicalNetwork)
  );
}

/** A random one first: ids that were given back lately are then seldom given out again at once. */
async function takeFreeVlan(call: WriteCall, physicalNetwork: string | null, owner: string): Promise<Place> {
  const ranges = call.settings.vlanRanges.filter(
    (range) => physicalNetwork === null || range.physicalNetwork === physicalNetwork,
  );
  for (const range of ranges) {
    const size = range.last - range.first + 1;
    const [high = 0, low = 0] = call.settings.random(2);
    const start = (high * 256 + low) % size;
    for (let offset = 0; offset < size; offset += 1) {
      const vlan = range.first + ((start + offset) % size);
      if (await takeClaim(call.write, spaceOf(range.physicalNetwork), keyOf(vlan), owner))
        return { network_type: 'vlan', physical_network: range.physicalNetwork, segmentation_id: vlan };
    }
  }
  throw new NeutronError(
    503,
    'NoNetworkAvailable',
    'Unable to create the network. No tenant network is available for allocation.',
  );
}
