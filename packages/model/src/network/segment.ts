import { parseVlan } from '../ethernet/index.ts';
import { SriovError } from '../errors/index.ts';
import type { NetworkId, PhysicalNetwork } from '../names/index.ts';

/** Where a network lies on the wire. SR-IOV knows two types: untagged, and one VLAN. */
export type Segment =
  | { readonly kind: 'flat'; readonly physicalNetwork: PhysicalNetwork }
  | { readonly kind: 'vlan'; readonly physicalNetwork: PhysicalNetwork; readonly segmentationId: number };

/** VLAN ids from `first` to `last`, both included, that the controller may give out on a physical network. */
export interface VlanRange {
  readonly physicalNetwork: PhysicalNetwork;
  readonly first: number;
  readonly last: number;
}

export interface Network {
  readonly networkId: NetworkId;
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly mtu: number | null;
}

/**
 * Parses Neutron's spelling of VLAN ranges: `physnet1:100:1999,physnet2:2000:3999`.
 *
 * @throws {SriovError} VLAN_INVALID, NAME_INVALID
 */
export function parseVlanRanges(
  text: string,
  parseName: (name: string) => PhysicalNetwork,
): readonly VlanRange[] {
  return text.split(',').map((part) => {
    const [name = '', first = '', last = '', ...rest] = part.trim().split(':');
    if (rest.length > 0 || !/^\d{1,4}$/.test(first) || !/^\d{1,4}$/.test(last)) {
      throw new SriovError(
        'VLAN_INVALID',
        `Cannot read VLAN range "${part.slice(0, 64)}": write it as physnet1:100:1999`,
      );
    }
    const range = {
      physicalNetwork: parseName(name),
      first: parseVlan(Number(first)).id,
      last: parseVlan(Number(last)).id,
    };
    if (range.first > range.last) {
      throw new SriovError(
        'VLAN_INVALID',
        `Cannot use VLAN range "${part.slice(0, 64)}": it ends before it begins`,
      );
    }
    return range;
  });
}
