import type { NeutronObject } from '@virtfn/contract/neutron-client';
import { readNumber, readText } from './read-attribute.ts';

export interface Network {
  readonly id: string;
  readonly name: string | null;
  readonly projectId: string | null;
  /** `vlan` or `flat`; null: only administrators see it, and what follows. */
  readonly networkType: string | null;
  readonly physicalNetwork: string | null;
  readonly vlan: number | null;
  /** Bytes. */
  readonly mtu: number | null;
  readonly isShared: boolean;
}

export function networkOf(object: NeutronObject): Network {
  return {
    id: object.id,
    name: readText(object, 'name'),
    projectId: readText(object, 'project_id'),
    networkType: readText(object, 'provider:network_type'),
    physicalNetwork: readText(object, 'provider:physical_network'),
    vlan: readNumber(object, 'provider:segmentation_id'),
    mtu: readNumber(object, 'mtu'),
    isShared: object['shared'] === true,
  };
}
