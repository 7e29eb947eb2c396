import {
  type AttributeTable,
  type Call,
  findDocument,
  type Given,
  insertDocument,
  limitsOf,
  listDocuments,
  QUOTA_KIND,
  type QuotaDocument,
  removeDocument,
  replaceDocument,
  usedOf,
  writable,
  type WriteCall,
} from '../framework/index.ts';
import type { NeutronSettings } from '../settings.ts';
import { boolean, integer } from '../values/index.ts';
import { badRequest, forbidden } from '../wire/index.ts';

type Limits = QuotaDocument['limits'];

interface Usage {
  readonly limit: number;
  readonly used: number;
  /** What requests under way have set aside: here they are counted at once, so it is nothing. */
  readonly reserved: 0;
}

/** What may be said of a project's limits: one attribute for each resource that is counted; -1 is no limit. */
export function quotaAttributes({ quotas }: Pick<NeutronSettings, 'quotas'>): AttributeTable {
  const limit = writable(integer(-1, 2_147_483_647), 'absent');
  const limits = Object.keys(quotas).map((name) => [name, limit] as const);
  const how = writable(boolean, 'absent');
  return { ...Object.fromEntries(limits), check_limit: how, force: how };
}

/** Projects with limits of their own. @throws {NeutronError} PolicyNotAuthorized */
export async function listQuotas(call: Call): Promise<readonly object[]> {
  if (!call.identity.isAdmin) throw forbidden('rule:get_quota');
  const documents = await listDocuments<QuotaDocument>(call.db, QUOTA_KIND, []);
  return documents.map(({ project_id: projectId, limits }) => ({
    ...call.settings.quotas,
    ...limits,
    project_id: projectId,
    tenant_id: projectId,
  }));
}

/** @throws {NeutronError} PolicyNotAuthorized */
export async function getQuota(call: Call, projectId: string): Promise<Limits> {
  refuseOther(call, projectId);
  return limitsOf(call, projectId);
}

/** What a project has that has no limits of its own. @throws {NeutronError} PolicyNotAuthorized */
export function getDefaultQuota(call: Call, projectId: string): Limits {
  refuseOther(call, projectId);
  return call.settings.quotas;
}

/** @throws {NeutronError} PolicyNotAuthorized */
export async function getQuotaDetails(
  call: Call,
  projectId: string,
): Promise<Readonly<Record<string, Usage>>> {
  const limits = await getQuota(call, projectId);
  const details: Record<string, Usage> = {};
  for (const [resource, limit] of Object.entries(limits))
    details[resource] = { limit, used: await usedOf(call, resource, projectId), reserved: 0 };
  return details;
}

/**
 * Gives a project limits of its own. What it has beyond them it keeps, unless `check_limit` refuses that.
 *
 * @throws {NeutronError} PolicyNotAuthorized, HTTPBadRequest
 */
export async function updateQuota(call: WriteCall, projectId: string, given: Given): Promise<Limits> {
  if (!call.identity.isAdmin) throw forbidden('rule:update_quota');
  const { check_limit: isChecked, force: _force, ...asked } = given;
  // The table has read them as numbers.
  const limits = asked as Limits;
  if (isChecked === true) await refuseBelowUse(call, projectId, limits);
  const before = await findDocument<QuotaDocument>(call.db, QUOTA_KIND, projectId);
  if (before === undefined)
    await insertDocument(call, QUOTA_KIND, { id: projectId, project_id: projectId, limits });
  else
    await replaceDocument(call, QUOTA_KIND, before, { ...before, limits: { ...before.limits, ...limits } });
  return limitsOf(call, projectId);
}

/** Takes a project's own limits away. @throws {NeutronError} PolicyNotAuthorized, TenantQuotaNotFound */
export async function removeQuota(call: WriteCall, projectId: string): Promise<void> {
  if (!call.identity.isAdmin) throw forbidden('rule:delete_quota');
  const document = await findDocument<QuotaDocument>(call.db, QUOTA_KIND, projectId);
  if (document === undefined) throw QUOTA_KIND.notFound(projectId);
  await removeDocument(call, QUOTA_KIND, document);
}

/** Members see the limits of their own project. */
function refuseOther({ identity }: Call, projectId: string): void {
  if (!identity.isAdmin && identity.projectId !== projectId) throw forbidden('rule:get_quota');
}

async function refuseBelowUse(call: Call, projectId: string, limits: Limits): Promise<void> {
  for (const [resource, limit] of Object.entries(limits)) {
    const used = await usedOf(call, resource, projectId);
    if (limit < 0 || used <= limit) continue;
    throw badRequest(
      `Quota limit ${limit} for ${resource} must be greater than or equal to already used ${used}`,
    );
  }
}
