import type { Identity } from '../../auth/identity.ts';
import { forbidden } from '../wire/neutron-error.ts';
import type { Attribute } from './attribute.ts';
import type { Document, Given, Resource } from './resource.ts';

type Action = 'create' | 'update';
type Ruled = Pick<Resource, 'name' | 'attributes' | 'rules'>;

/**
 * Neutron's default policy: who may write at all, and which attributes only administrators or the owner of the network
 * may give. The refusal names the rules that were asked, joined as Neutron joins them.
 *
 * @throws {NeutronError} PolicyNotAuthorized
 */
export function authorizeGiven(
  resource: Ruled,
  action: Action,
  given: Given,
  identity: Identity,
  ownsNetwork: boolean,
): void {
  if (identity.isAdmin) return;
  const named = Object.entries(resource.attributes).filter(
    ([name, { hasRule }]) => hasRule && Object.hasOwn(given, name),
  );
  const mayAll = named.every(([name, attribute]) => mayGive(attribute, action, given[name], ownsNetwork));
  if (mayAll && mayDo(resource, action, identity)) return;
  const base = `${action}_${resource.name}`;
  throw forbidden(named.reduce((rules, [name]) => `(${rules} and rule:${base}:${name})`, `rule:${base}`));
}

/** @throws {NeutronError} PolicyNotAuthorized */
export function authorizeRemoval(resource: Ruled, identity: Identity): void {
  if (!mayDo(resource, 'remove', identity)) throw forbidden(`rule:delete_${resource.name}`);
}

/** Whether an object may be changed, and not only seen. @throws {NeutronError} PolicyNotAuthorized */
export function authorizeOwner(
  resource: Ruled,
  document: Document,
  action: 'update' | 'delete',
  { isAdmin, projectId }: Identity,
): void {
  if (isAdmin || document.project_id === projectId) return;
  throw forbidden(`rule:${action}_${resource.name}`);
}

function mayDo({ rules }: Ruled, action: Action | 'remove', { isAdmin, roles }: Identity): boolean {
  if (isAdmin) return true;
  return rules[action] === 'member' && roles.includes('member');
}

function mayGive(
  { onCreate, onUpdate }: Attribute,
  action: Action,
  value: unknown,
  ownsNetwork: boolean,
): boolean {
  const rule = action === 'create' ? onCreate : onUpdate;
  const giver = typeof rule === 'function' ? rule(value) : rule;
  return giver === 'anybody' || (giver === 'network-owner' && ownsNetwork);
}
