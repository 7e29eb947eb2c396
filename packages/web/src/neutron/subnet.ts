import type { NeutronObject } from '@virtfn/contract/neutron-client';
import { readText } from './read-attribute.ts';

export interface Subnet {
  readonly id: string;
  readonly name: string | null;
  readonly networkId: string;
  readonly cidr: string;
}

export function subnetOf(object: NeutronObject): Subnet {
  return {
    id: object.id,
    name: readText(object, 'name'),
    networkId: readText(object, 'network_id') ?? '',
    cidr: readText(object, 'cidr') ?? '',
  };
}
