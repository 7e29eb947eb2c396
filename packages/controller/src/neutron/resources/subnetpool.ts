import {
  ADDRESS_SCOPE_KIND,
  type AddressScopeDocument,
  NETWORK_KIND,
  type NetworkDocument,
  SUBNETPOOL_KIND,
  type SubnetPoolDocument,
} from '../documents/index.ts';
import {
  documentOf,
  fixed,
  type Given,
  getDocument,
  identityValues,
  insertDocument,
  isVisible,
  listDocuments,
  PROJECT_ATTRIBUTES,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { compactNetworks, formatNetwork, overlaps, subtractNetworks } from '../ip/index.ts';
import { forgetSharing, shareWithAll } from '../sharing.ts';
import { boolean, filledText, integer, list, nullable, subnetCidr, uuid } from '../values/index.ts';
import { conflict, invalidInput, NeutronError } from '../wire/neutron-error.ts';
import { addressScopesOf } from './network-address-scopes.ts';
import { networkOfCidr } from './subnet-checks.ts';
import { subnetsOf } from './subnet.ts';
import { subnetsOfPool } from './subnetpool-prefixes.ts';
import { readLengths, readPrefixes } from './subnetpool-values.ts';

export const poolPrefixes = list(subnetCidr);

const length = integer(0, 128);

/** `/v2.0/subnetpools`. */
export const SUBNETPOOL: Resource<SubnetPoolDocument> = resource<SubnetPoolDocument>({
  ...SUBNETPOOL_KIND,
  collection: 'subnetpools',
  hasTags: true,
  indexed: new Set(['name', 'project_id', 'address_scope_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    name: writable(filledText(255), 'required'),
    ip_version: readOnly(),
    default_quota: writable(nullable(integer(0, 2 ** 31 - 1)), { value: null }, { canFilter: false }),
    prefixes: writable(poolPrefixes, 'required', { canFilter: false, canSort: false }),
    default_prefixlen: writable(length, 'absent'),
    min_prefixlen: writable(length, 'absent'),
    max_prefixlen: writable(length, 'absent'),
    is_default: writable(boolean, { value: false }, { onCreate: 'admin', onUpdate: 'admin' }),
    shared: fixed(boolean, { value: false }, { onCreate: 'admin', canSort: false }),
    address_scope_id: writable(nullable(uuid), { value: null }),
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  memberView: (pool, { identity }) =>
    pool.project_id === identity.projectId ? pool : { ...pool, shared: true },
  create: createPool,
  update: updatePool,
  remove: removePool,
});

async function createPool(call: WriteCall, given: Given): Promise<SubnetPoolDocument> {
  const prefixes = readPrefixes(given['prefixes'] as readonly string[]);
  const pool = documentOf<SubnetPoolDocument>(given, {
    ...identityValues(given),
    ...prefixes,
    ...readLengths(prefixes.ip_version, given),
    tags: [],
    ...standardValues(call, 0),
  });
  if (pool.is_default) await refuseSecondDefault(call, pool.ip_version);
  await refuseWrongScope(call, pool);
  await insertDocument(call, SUBNETPOOL_KIND, pool);
  if (pool.shared) await shareWithAll(call, { kind: SUBNETPOOL_KIND.name, document: pool });
  return pool;
}

async function updatePool(
  call: WriteCall,
  before: SubnetPoolDocument,
  given: Given,
): Promise<SubnetPoolDocument> {
  const prefixes = 'prefixes' in given ? readPrefixes(given['prefixes'] as readonly string[]) : before;
  const left = subtractNetworks(before.prefixes.map(networkOfCidr), prefixes.prefixes.map(networkOfCidr));
  if (left.length > 0) throw wrongUpdate('Existing prefixes must be a subset of the new prefixes');
  const after: SubnetPoolDocument = {
    ...before,
    ...given,
    prefixes: prefixes.prefixes,
    ...readLengths(before.ip_version, { ...before, ...given }),
  };
  if (after.is_default && !before.is_default) await refuseSecondDefault(call, after.ip_version);
  await refuseForeignScope(call, before);
  await refuseWrongScope(call, after);
  const pool = await replaceDocument(call, SUBNETPOOL_KIND, before, after);
  if (pool.address_scope_id !== before.address_scope_id) await showScopes(call, pool);
  return pool;
}

async function removePool(call: WriteCall, pool: SubnetPoolDocument): Promise<void> {
  if ((await subnetsOfPool(call, pool.id)).length > 0) {
    throw new NeutronError(
      400,
      'SubnetPoolDeleteError',
      'Unable to delete subnet pool: Subnet pool has existing allocations.',
    );
  }
  await forgetSharing(call, pool.id);
  await removeDocument(call, SUBNETPOOL_KIND, pool);
}

/** More prefixes; those that it has are no mistake. */
export function addPrefixes(
  call: WriteCall,
  pool: SubnetPoolDocument,
  added: readonly string[],
): Promise<SubnetPoolDocument> {
  return updatePool(call, pool, { prefixes: [...pool.prefixes, ...added] });
}

/** Fewer prefixes, as far as no subnet is of them. @throws {NeutronError} IllegalSubnetPoolPrefixUpdate */
export async function removePrefixes(
  call: WriteCall,
  pool: SubnetPoolDocument,
  removed: readonly string[],
): Promise<SubnetPoolDocument> {
  const gone = removed.map(networkOfCidr);
  const subnets = (await subnetsOfPool(call, pool.id)).map(({ cidr }) => networkOfCidr(cidr));
  if (subnets.some((subnet) => gone.some((prefix) => overlaps(subnet, prefix))))
    throw wrongUpdate('Removing prefixes that subnets are allocated from is not allowed');
  const left = compactNetworks(subtractNetworks(pool.prefixes.map(networkOfCidr), gone));
  if (left.length === 0)
    throw new NeutronError(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  return replaceDocument(call, SUBNETPOOL_KIND, pool, { ...pool, prefixes: left.map(formatNetwork) });
}

async function refuseSecondDefault({ db }: WriteCall, version: 4 | 6): Promise<void> {
  const pools = await listDocuments<SubnetPoolDocument>(db, SUBNETPOOL_KIND, []);
  if (pools.some((pool) => pool.is_default && pool.ip_version === version)) {
    throw invalidInput(
      'A default subnetpool for this IP family has already been set. Only one default may exist per IP family',
    );
  }
}

async function refuseWrongScope(call: WriteCall, pool: SubnetPoolDocument): Promise<void> {
  const { id, address_scope_id: scopeId, ip_version: version } = pool;
  if (scopeId === null) return;
  const scope = await getDocument<AddressScopeDocument>(call.db, ADDRESS_SCOPE_KIND, scopeId);
  if (!(await isVisible(call, { name: ADDRESS_SCOPE_KIND.name, rules: { get: 'member' } }, scope))) {
    throw new NeutronError(
      400,
      'IllegalSubnetPoolAssociationToAddressScope',
      `Illegal subnetpool association: subnetpool ${id} cannot be associated with address scope ${scopeId}.`,
    );
  }
  if (scope.ip_version !== version) {
    throw new NeutronError(
      400,
      'IllegalSubnetPoolIpVersionAssociationToAddressScope',
      `Illegal subnetpool association: subnetpool ${id} cannot associate with address scope ${scopeId} because subnetpool ip_version is not ${scope.ip_version}.`,
    );
  }
  const others = await listDocuments<SubnetPoolDocument>(call.db, SUBNETPOOL_KIND, [
    { field: 'address_scope_id', values: [scopeId] },
  ]);
  const taken = others.filter((other) => other.id !== id).flatMap(({ prefixes }) => prefixes);
  const own = pool.prefixes.map(networkOfCidr);
  if (taken.some((prefix) => own.some((each) => overlaps(each, networkOfCidr(prefix))))) {
    throw conflict(
      'AddressScopePrefixConflict',
      'Failed to associate address scope: subnetpools within an address scope must have unique prefixes.',
    );
  }
}

/** What lies in the scope of somebody else is no longer changed by its own project alone. */
async function refuseForeignScope(call: WriteCall, pool: SubnetPoolDocument): Promise<void> {
  if (pool.address_scope_id === null || call.identity.isAdmin) return;
  const scope = await getDocument(call.db, ADDRESS_SCOPE_KIND, pool.address_scope_id);
  if (scope.project_id === call.identity.projectId) return;
  throw new NeutronError(
    400,
    'IllegalSubnetPoolUpdate',
    `Illegal subnetpool update : subnetpool ${pool.id} cannot be updated when associated with shared address scope ${scope.id}.`,
  );
}

/** Networks show the scopes of their subnets' pools. */
async function showScopes(call: WriteCall, pool: SubnetPoolDocument): Promise<void> {
  const subnets = await subnetsOfPool(call, pool.id);
  for (const id of new Set(subnets.map((subnet) => subnet.network_id))) {
    const network = await getDocument<NetworkDocument>(call.db, NETWORK_KIND, id);
    const scopes = await addressScopesOf(call, await subnetsOf(call, network));
    await replaceDocument(call, NETWORK_KIND, network, { ...network, ...scopes });
  }
}

const wrongUpdate = (why: string): NeutronError =>
  new NeutronError(400, 'IllegalSubnetPoolPrefixUpdate', `Illegal update to prefixes: ${why}.`);
