import { setVisibility } from '../../store/index.ts';
import {
  NETWORK_KIND,
  type NetworkDocument,
  RBAC_POLICY_KIND,
  type RbacPolicyDocument,
} from '../documents/index.ts';
import {
  type Document,
  findDocument,
  fixed,
  type Given,
  getDocument,
  identityValues,
  insertDocument,
  PROJECT_ATTRIBUTES,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { SHARED_KINDS, type SharedKind } from '../shared-kinds.ts';
import { policiesOf, projectsUsing } from '../sharing.ts';
import { filledText, type ParseValue, text, uuid } from '../values/index.ts';
import { badRequest, conflict, forbidden, invalidInput } from '../wire/neutron-error.ts';
import { showSubnetsAs } from './network.ts';

const objectType: ParseValue<string> = (value) => {
  const type = text(255)(value).trim().toLowerCase();
  if (SHARED_KINDS.some((each) => each.objectType === type)) return type;
  throw invalidInput(`'${type}' is not a valid RBAC object type`);
};

const target = writable(filledText(255), 'absent');

/** `/v2.0/rbac-policies`: shows an object to a project that it does not belong to, or to all. */
export const RBAC_POLICY: Resource<RbacPolicyDocument> = resource<RbacPolicyDocument>({
  ...RBAC_POLICY_KIND,
  collection: 'rbac_policies',
  path: 'rbac-policies',
  indexed: new Set(['project_id', 'object_id', 'object_type']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    object_type: fixed(objectType, 'required'),
    object_id: fixed(uuid, 'required'),
    action: fixed(text(255), 'required'),
    // Two words for it, as for the project itself.
    target_tenant: target,
    target_project: target,
  },
  create: createPolicy,
  update: updatePolicy,
  remove: async (call, policy) => {
    await removeDocument(call, RBAC_POLICY_KIND, policy);
    await show(call, policy, false);
    await refuseUsed(call, policy);
  },
});

async function createPolicy(call: WriteCall, given: Given): Promise<RbacPolicyDocument> {
  const { action } = given;
  if (action !== 'access_as_shared') {
    throw invalidInput(
      `Invalid action '${String(action)}' for object type '${String(given['object_type'])}'. Valid actions: ['access_as_shared']`,
    );
  }
  const targetProject = targetOf(given);
  if (targetProject === null)
    throw badRequest("Failed to parse request. Required attribute 'target_tenant' not specified");
  refuseWildcard(call, targetProject, 'create');
  const policy: RbacPolicyDocument = {
    ...identityValues(given),
    object_type: String(given['object_type']),
    object_id: String(given['object_id']),
    action,
    target_tenant: targetProject,
    target_project: targetProject,
  };
  const object = await objectOf(call, policy);
  if (!call.identity.isAdmin && object.project_id !== call.identity.projectId)
    throw invalidInput('Only admins can manipulate policies on objects they do not own');
  await refuseTwice(call, policy);
  await insertDocument(call, RBAC_POLICY_KIND, policy);
  await show(call, policy, true);
  return policy;
}

async function updatePolicy(
  call: WriteCall,
  before: RbacPolicyDocument,
  given: Given,
): Promise<RbacPolicyDocument> {
  const targetProject = targetOf(given) ?? before.target_tenant;
  if (targetProject === before.target_tenant) return before;
  refuseWildcard(call, targetProject, 'update');
  const after = { ...before, target_tenant: targetProject, target_project: targetProject };
  await refuseTwice(call, after);
  await replaceDocument(call, RBAC_POLICY_KIND, before, after);
  await show(call, before, false);
  await show(call, after, true);
  await refuseUsed(call, before);
  return after;
}

function targetOf(given: Given): string | null {
  const { target_tenant: tenant, target_project: project } = given;
  if (typeof tenant === 'string' && typeof project === 'string' && tenant !== project)
    throw badRequest("'target_project' and 'target_tenant' do not match");
  const found = tenant ?? project;
  return typeof found === 'string' ? found : null;
}

/** To show something to all projects is for administrators. */
function refuseWildcard({ identity }: WriteCall, targetProject: string, action: 'create' | 'update'): void {
  if (targetProject !== '*' || identity.isAdmin) return;
  const rule = `rule:${action}_rbac_policy`;
  throw forbidden(`(${rule} and ${rule}:target_tenant)`);
}

function kindOf(policy: RbacPolicyDocument): SharedKind['kind'] {
  const found = SHARED_KINDS.find((each) => each.objectType === policy.object_type);
  if (found === undefined) throw new RangeError(`RBAC policy ${policy.id} is of no kind that is shared`);
  return found.kind;
}

function objectOf(call: WriteCall, policy: RbacPolicyDocument): Promise<Document> {
  return getDocument(call.db, kindOf(policy), policy.object_id);
}

async function refuseTwice(call: WriteCall, policy: RbacPolicyDocument): Promise<void> {
  const others = await policiesOf(call, policy.object_id);
  if (others.some((other) => other.target_tenant === policy.target_tenant))
    throw conflict('DuplicateRbacPolicy', 'An RBAC policy already exists with those values.');
}

/** Whoever uses an object must be shown it still, by another policy. @throws {NeutronError} RbacPolicyInUse */
async function refuseUsed(call: WriteCall, gone: RbacPolicyDocument): Promise<void> {
  const policies = await policiesOf(call, gone.object_id);
  const left = new Set(policies.map((policy) => policy.target_tenant));
  if (left.has('*')) return;
  const users = await projectsUsing(call, kindOf(gone).name, await objectOf(call, gone));
  const cut = users.filter(
    (user) => !left.has(user) && (gone.target_tenant === '*' || gone.target_tenant === user),
  );
  if (cut.length === 0) return;
  throw conflict(
    'RbacPolicyInUse',
    `RBAC policy on object ${gone.object_id} cannot be removed because other objects depend on it.\nDetails: used by ${cut.join(', ')}`,
  );
}

/** Shows the object of a policy to its target, or no longer, and says on it whether it is shown to all. */
async function show(call: WriteCall, policy: RbacPolicyDocument, isShown: boolean): Promise<void> {
  const kind = kindOf(policy);
  await setVisibility(call.write, { kind: kind.name, id: policy.object_id }, policy.target_tenant, isShown);
  if (policy.target_tenant === '*') await markShared(call, kind.name, policy.object_id, isShown);
  if (kind.name !== NETWORK_KIND.name) return;
  await showSubnetsAs(call, await getDocument<NetworkDocument>(call.db, NETWORK_KIND, policy.object_id));
}

async function markShared(call: WriteCall, name: string, id: string, shared: boolean): Promise<void> {
  const before = await findDocument(call.db, { name }, id);
  // What it is found by stays as it was: `shared` is in no index.
  if (before !== undefined)
    await replaceDocument(call, { name, fields: () => [] }, before, { ...before, shared });
}
