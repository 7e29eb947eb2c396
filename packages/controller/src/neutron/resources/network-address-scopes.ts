import {
  type NetworkDocument,
  type SubnetDocument,
  SUBNETPOOL_KIND,
  type SubnetPoolDocument,
} from '../documents/index.ts';
import { getDocument, type WriteCall } from '../framework/index.ts';

type AddressScopes = Pick<NetworkDocument, 'ipv4_address_scope' | 'ipv6_address_scope'>;

/** The address scopes of a network: those of the pools that its subnets are cut from. */
export async function addressScopesOf(
  { db }: Pick<WriteCall, 'db'>,
  subnets: readonly SubnetDocument[],
): Promise<AddressScopes> {
  const scopeOf = async (version: 4 | 6): Promise<string | null> => {
    // All subnets of a version are of one pool.
    const subnet = subnets.find((each) => each.ip_version === version && each.subnetpool_id !== null);
    if (subnet === undefined) return null;
    const pool = await getDocument<SubnetPoolDocument>(db, SUBNETPOOL_KIND, String(subnet.subnetpool_id));
    return pool.address_scope_id;
  };
  return { ipv4_address_scope: await scopeOf(4), ipv6_address_scope: await scopeOf(6) };
}
