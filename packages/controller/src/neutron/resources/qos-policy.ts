import { NETWORK_KIND, PORT_KIND, QOS_POLICY_KIND, type QosPolicyDocument } from '../documents/index.ts';
import {
  type Document,
  documentOf,
  type Given,
  identityValues,
  insertDocument,
  type Kind,
  listDocuments,
  NAME,
  PROJECT_ATTRIBUTES,
  readOnly,
  removeDocument,
  replaceDocument,
  resource,
  type Resource,
  SHARED,
  STANDARD_ATTRIBUTES,
  standardValues,
  TAGS,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import { forgetSharing, shareWithAll, unshareFromAll } from '../sharing.ts';
import { boolean } from '../values/index.ts';
import { conflict } from '../wire/index.ts';

/** `/v2.0/qos/policies`; their rules are in them, and have paths of their own. */
export const QOS_POLICY: Resource<QosPolicyDocument> = resource<QosPolicyDocument>({
  ...QOS_POLICY_KIND,
  collection: 'policies',
  path: 'qos/policies',
  quota: null,
  hasTags: true,
  rules: { get: 'member', create: 'admin', update: 'admin', remove: 'admin' },
  indexed: new Set(['name', 'project_id']),
  attributes: {
    ...PROJECT_ATTRIBUTES,
    ...NAME,
    ...SHARED,
    is_default: writable(boolean, { value: false }),
    rules: readOnly({ canFilter: false, canSort: false }),
    ...STANDARD_ATTRIBUTES,
    ...TAGS,
  },
  // Whoever sees a policy of another project sees it because it is shared.
  memberView: (policy, { identity }) =>
    policy.project_id === identity.projectId ? policy : { ...policy, shared: true },
  create: createPolicy,
  update: updatePolicy,
  remove: removePolicy,
});

/** What networks of a project have that name no policy; null: nothing. */
export async function defaultPolicyOf(
  { db }: Pick<WriteCall, 'db'>,
  projectId: string,
): Promise<QosPolicyDocument | null> {
  const policies = await listDocuments<QosPolicyDocument>(db, QOS_POLICY_KIND, [
    { field: 'project_id', values: [projectId] },
  ]);
  return policies.find((policy) => policy.is_default) ?? null;
}

async function createPolicy(call: WriteCall, given: Given): Promise<QosPolicyDocument> {
  const policy = documentOf<QosPolicyDocument>(given, {
    ...identityValues(given),
    rules: [],
    tags: [],
    ...standardValues(call, 0),
  });
  await refuseSecondDefault(call, policy);
  await insertDocument(call, QOS_POLICY_KIND, policy);
  if (policy.shared) await shareWithAll(call, { kind: QOS_POLICY_KIND.name, document: policy });
  return policy;
}

async function updatePolicy(
  call: WriteCall,
  before: QosPolicyDocument,
  given: Given,
): Promise<QosPolicyDocument> {
  const after: QosPolicyDocument = { ...before, ...given };
  await refuseSecondDefault(call, after);
  const policy = await replaceDocument(call, QOS_POLICY_KIND, before, after);
  if (after.shared !== before.shared) {
    const change = after.shared ? shareWithAll : unshareFromAll;
    await change(call, { kind: QOS_POLICY_KIND.name, document: policy });
  }
  return policy;
}

async function refuseSecondDefault(call: WriteCall, policy: QosPolicyDocument): Promise<void> {
  if (!policy.is_default) return;
  const found = await defaultPolicyOf(call, policy.project_id);
  if (found === null || found.id === policy.id) return;
  throw conflict(
    'QoSPolicyDefaultAlreadyExists',
    `A default QoS policy exists for project ${policy.project_id}.`,
  );
}

async function removePolicy(call: WriteCall, policy: QosPolicyDocument): Promise<void> {
  for (const kind of [PORT_KIND, NETWORK_KIND]) await refuseInUse(call, policy, kind);
  await forgetSharing(call, policy.id);
  await removeDocument(call, QOS_POLICY_KIND, policy);
}

async function refuseInUse(
  { db }: WriteCall,
  { id }: QosPolicyDocument,
  kind: Pick<Kind<Document>, 'name'>,
): Promise<void> {
  const [user] = await listDocuments<Document>(db, kind, [{ field: 'qos_policy_id', values: [id] }]);
  if (user !== undefined)
    throw conflict('QosPolicyInUse', `QoS Policy ${id} is used by ${kind.name} ${user.id}.`);
}
