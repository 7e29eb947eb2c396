import { randomUUID } from 'node:crypto';
import { setVisibility } from '../store/index.ts';
import { RBAC_POLICY_KIND, type RbacPolicyDocument } from './documents/index.ts';
import {
  type Document,
  insertDocument,
  listDocuments,
  removeDocument,
  type WriteCall,
} from './framework/index.ts';

interface Shared {
  readonly kind: string;
  readonly document: Document;
}

/** Shows an object to all projects, as `shared: true` asks: that is an RBAC policy for `*`. */
export async function shareWithAll(call: WriteCall, { kind, document }: Shared): Promise<void> {
  await insertDocument(call, RBAC_POLICY_KIND, {
    id: randomUUID(),
    tenant_id: document.project_id,
    project_id: document.project_id,
    object_type: kind,
    object_id: document.id,
    action: 'access_as_shared',
    target_tenant: '*',
  });
  await setVisibility(call.write, { kind, id: document.id }, '*', true);
}

/** Takes `shared: true` back; what is shown to single projects stays so. */
export async function unshareFromAll(call: WriteCall, { kind, document }: Shared): Promise<void> {
  const policies = await listDocuments<RbacPolicyDocument>(call.db, RBAC_POLICY_KIND, [
    { field: 'object_id', values: [document.id] },
  ]);
  for (const policy of policies.filter((each) => each.target_tenant === '*'))
    await removeDocument(call, RBAC_POLICY_KIND, policy);
  await setVisibility(call.write, { kind, id: document.id }, '*', false);
}

/** Forgets to whom an object was shown, when it goes. */
export async function forgetSharing(call: WriteCall, documentId: string): Promise<void> {
  const policies = await listDocuments<RbacPolicyDocument>(call.db, RBAC_POLICY_KIND, [
    { field: 'object_id', values: [documentId] },
  ]);
  for (const policy of policies) await removeDocument(call, RBAC_POLICY_KIND, policy);
}
