import { randomUUID } from 'node:crypto';
import { setVisibility } from '../store/index.ts';
import { RBAC_POLICY_KIND, type RbacPolicyDocument } from './documents/index.ts';
import {
  type Call,
  countInQuota,
  type Document,
  insertDocument,
  listDocuments,
  removeDocument,
  type WriteCall,
} from './framework/index.ts';
import { SHARED_KINDS } from './shared-kinds.ts';
import { conflict } from './wire/neutron-error.ts';

interface Shared {
  /** In the store: `policy` for one of QoS. */
  readonly kind: string;
  readonly document: Document;
}

/** Shows an object to all projects, as `shared: true` asks: that is an RBAC policy for `*`. */
export async function shareWithAll(call: WriteCall, { kind, document }: Shared): Promise<void> {
  const { id, project_id: projectId } = document;
  await insertDocument(call, RBAC_POLICY_KIND, {
    id: randomUUID(),
    tenant_id: projectId,
    project_id: projectId,
    object_type: SHARED_KINDS.find((each) => each.kind.name === kind)?.objectType ?? kind,
    object_id: id,
    action: 'access_as_shared',
    target_tenant: '*',
    target_project: '*',
  });
  await countInQuota(call, RBAC_POLICY_KIND.name, projectId, 1);
  await setVisibility(call.write, { kind, id }, '*', true);
}

/** Takes `shared: true` back; what is shown to single projects stays so. @throws {NeutronError} */
export async function unshareFromAll(call: WriteCall, { kind, document }: Shared): Promise<void> {
  const policies = await policiesOf(call, document.id);
  const targets = new Set(policies.map((policy) => policy.target_tenant));
  targets.delete('*');
  const users = await projectsUsing(call, kind, document);
  if (users.some((user) => !targets.has(user))) {
    throw conflict(
      'InvalidSharedSetting',
      `Unable to reconfigure sharing settings for network ${document.id}. Multiple tenants are using it.`,
    );
  }
  await drop(
    call,
    policies.filter((policy) => policy.target_tenant === '*'),
  );
  await setVisibility(call.write, { kind, id: document.id }, '*', false);
}

/** Forgets to whom an object was shown, when it goes. */
export async function forgetSharing(call: WriteCall, documentId: string): Promise<void> {
  await drop(call, await policiesOf(call, documentId));
}

export function policiesOf({ db }: Call, documentId: string): Promise<readonly RbacPolicyDocument[]> {
  return listDocuments<RbacPolicyDocument>(db, RBAC_POLICY_KIND, [
    { field: 'object_id', values: [documentId] },
  ]);
}

/** Other projects that have something that needs an object. */
export async function projectsUsing(
  { db }: Call,
  kind: string,
  { id, project_id: owner }: Document,
): Promise<readonly string[]> {
  const users = new Set<string>();
  for (const { name, field } of SHARED_KINDS.find((each) => each.kind.name === kind)?.usedBy ?? []) {
    for (const user of await listDocuments(db, { name }, [{ field, values: [id] }]))
      users.add(user.project_id);
  }
  users.delete(owner);
  return [...users];
}

async function drop(call: WriteCall, policies: readonly RbacPolicyDocument[]): Promise<void> {
  for (const policy of policies) {
    await removeDocument(call, RBAC_POLICY_KIND, policy);
    await countInQuota(call, RBAC_POLICY_KIND.name, policy.project_id, -1);
  }
}
