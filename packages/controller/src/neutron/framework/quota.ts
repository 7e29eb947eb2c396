import { count, findObject } from '../../store/index.ts';
import { conflict } from '../wire/neutron-error.ts';
import type { Call, WriteCall } from './resource.ts';

/** Where limits of a project are kept that differ from the usual ones. */
export const QUOTA_KIND = 'quota';

const spaceOf = (resource: string): string => `quota/${resource}`;

/** Counts one more of a project's, if its limit allows. @throws {NeutronError} OverQuota */
export async function chargeQuota(call: WriteCall, resource: string, projectId: string): Promise<void> {
  const used = await count(call.write, spaceOf(resource), projectId, 1);
  const limit = (await limitsOf(call, projectId))[resource] ?? -1;
  if (limit >= 0 && used > limit)
    throw conflict('OverQuota', `Quota exceeded for resources: ['${resource}'].`);
}

/** Counts what comes with something else, and is not refused for itself. */
export async function countInQuota(
  call: WriteCall,
  resource: string,
  projectId: string,
  amount: number,
): Promise<void> {
  await count(call.write, spaceOf(resource), projectId, amount);
}

export async function releaseQuota(call: WriteCall, resource: string, projectId: string): Promise<void> {
  await count(call.write, spaceOf(resource), projectId, -1);
}

/** All limits of a project; -1: none. */
export async function limitsOf(call: Call, projectId: string): Promise<Readonly<Record<string, number>>> {
  const body = await findObject(call.db, QUOTA_KIND, projectId);
  const own =
    body === undefined ? {} : (JSON.parse(body) as { readonly limits: Record<string, number> }).limits;
  return { ...call.settings.quotas, ...own };
}
