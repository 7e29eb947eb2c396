import {
  ADDRESS_GROUP_KIND,
  type AddressGroupDocument,
  SECURITY_GROUP_RULE_KIND,
} from '../documents/index.ts';
import {
  documentOf,
  fixed,
  identityValues,
  insertDocument,
  listDocuments,
  NAME,
  PROJECT_ATTRIBUTES,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  STANDARD_ATTRIBUTES,
  standardValues,
  type WriteCall,
} from '../framework/index.ts';
import { spreadFilters } from '../binding/spread-filters.ts';
import { addressesRef } from '../filtering/index.ts';
import { parseIp } from '../ip/index.ts';
import { forgetSharing } from '../sharing.ts';
import { list, type ParseValue, subnetCidr } from '../values/index.ts';
import { pythonText } from '../wire/python-text.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';

/** An address alone is the prefix of it only. */
const addressPrefix: ParseValue<string> = (value) => {
  const ip = typeof value === 'string' ? parseIp(value) : null;
  return subnetCidr(ip === null ? value : `${String(value)}/${ip.version === 4 ? 32 : 128}`);
};

export const addressPrefixes = list(addressPrefix);

/** `/v2.0/address-groups`: prefixes that rules of security groups name together. */
export const ADDRESS_GROUP: Resource<AddressGroupDocument> = resource<AddressGroupDocument>({
  ...ADDRESS_GROUP_KIND,
  collection: 'address_groups',
  path: 'address-groups',
  quota: null,
  indexed: new Set(['name', 'project_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    shared: readOnly({ canSort: false }),
    addresses: fixed(addressPrefixes, { value: [] }, { canFilter: false, canSort: false }),
    ...STANDARD_ATTRIBUTES,
  },
  memberView: (group, { identity }) =>
    group.project_id === identity.projectId ? group : { ...group, shared: true },
  create: (call, given) =>
    insertDocument(
      call,
      ADDRESS_GROUP_KIND,
      documentOf<AddressGroupDocument>(given, {
        ...identityValues(given),
        addresses: [...new Set(given['addresses'] as readonly string[])],
        shared: false,
        ...standardValues(call, 0),
      }),
    ),
  update: (call, before, given) => replaceDocument(call, ADDRESS_GROUP_KIND, before, { ...before, ...given }),
  remove: async (call, group) => {
    const rules = await listDocuments(call.db, SECURITY_GROUP_RULE_KIND, [
      { field: 'remote_address_group_id', values: [group.id] },
    ]);
    if (rules.length > 0) {
      throw conflict(
        'AddressGroupInUse',
        `Address group ${group.id} is in use on one or more security group rules.`,
      );
    }
    await forgetSharing(call, group.id);
    await removeDocument(call, ADDRESS_GROUP_KIND, group);
  },
});

/** @throws {NeutronError} AddressesAlreadyExist */
export function addAddresses(
  call: WriteCall,
  group: AddressGroupDocument,
  addresses: readonly string[],
): Promise<AddressGroupDocument> {
  const twice = addresses.filter((address) => group.addresses.includes(address));
  if (twice.length > 0) {
    throw new NeutronError(
      400,
      'AddressesAlreadyExist',
      `Addresses ${pythonText(twice)} already exist in the address group ${group.id}.`,
    );
  }
  const all = [...group.addresses, ...new Set(addresses)];
  return withAddresses(call, group, all);
}

/** @throws {NeutronError} AddressesNotFound */
export function removeAddresses(
  call: WriteCall,
  group: AddressGroupDocument,
  addresses: readonly string[],
): Promise<AddressGroupDocument> {
  const missing = addresses.filter((address) => !group.addresses.includes(address));
  if (missing.length > 0) {
    throw new NeutronError(
      404,
      'AddressesNotFound',
      `Addresses ${pythonText(missing)} not found in the address group ${group.id}.`,
    );
  }
  const left = group.addresses.filter((address) => !addresses.includes(address));
  return withAddresses(call, group, left);
}

async function withAddresses(
  call: WriteCall,
  group: AddressGroupDocument,
  addresses: readonly string[],
): Promise<AddressGroupDocument> {
  const changed = await replaceDocument(call, ADDRESS_GROUP_KIND, group, { ...group, addresses });
  await spreadFilters(call, [addressesRef(group.id)]);
  return changed;
}
