import { ADDRESS_SCOPE_KIND, type AddressScopeDocument, SUBNETPOOL_KIND } from '../documents/index.ts';
import {
  documentOf,
  fixed,
  type Given,
  identityValues,
  insertDocument,
  listDocuments,
  NAME,
  PROJECT_ATTRIBUTES,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  SHARED,
  type WriteCall,
} from '../framework/index.ts';
import { forgetSharing, shareWithAll } from '../sharing.ts';
import { integer } from '../values/index.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';
import { ipVersion } from './subnetpool-values.ts';

/** `/v2.0/address-scopes`. */
export const ADDRESS_SCOPE: Resource<AddressScopeDocument> = resource<AddressScopeDocument>({
  ...ADDRESS_SCOPE_KIND,
  collection: 'address_scopes',
  path: 'address-scopes',
  quota: null,
  indexed: new Set(['name', 'project_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    ...SHARED,
    ip_version: fixed((value) => ipVersion(integer(0, 99)(value)), 'required'),
  },
  memberView: (scope, { identity }) =>
    scope.project_id === identity.projectId ? scope : { ...scope, shared: true },
  create: async (call, given) => {
    const scope = documentOf<AddressScopeDocument>(given, identityValues(given));
    await insertDocument(call, ADDRESS_SCOPE_KIND, scope);
    if (scope.shared) await shareWithAll(call, { kind: ADDRESS_SCOPE_KIND.name, document: scope });
    return scope;
  },
  update: updateScope,
  remove: async (call, scope) => {
    const pools = await listDocuments(call.db, SUBNETPOOL_KIND, [
      { field: 'address_scope_id', values: [scope.id] },
    ]);
    if (pools.length > 0) {
      throw conflict(
        'AddressScopeInUse',
        `Unable to complete operation on address scope ${scope.id}. There are one or more subnet pools in use on the address scope.`,
      );
    }
    await forgetSharing(call, scope.id);
    await removeDocument(call, ADDRESS_SCOPE_KIND, scope);
  },
});

async function updateScope(
  call: WriteCall,
  before: AddressScopeDocument,
  given: Given,
): Promise<AddressScopeDocument> {
  const after = await replaceDocument(call, ADDRESS_SCOPE_KIND, before, { ...before, ...given });
  if (before.shared && !after.shared) {
    throw new NeutronError(
      400,
      'AddressScopeUpdateError',
      `Unable to update address scope ${before.id} : Shared address scope can't be unshared.`,
    );
  }
  if (after.shared && !before.shared)
    await shareWithAll(call, { kind: ADDRESS_SCOPE_KIND.name, document: after });
  return after;
}
