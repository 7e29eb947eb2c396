import { count, readCounter } from '../../store/index.ts';
import { conflict, NeutronError } from '../wire/neutron-error.ts';
import { findDocument } from './documents.ts';
import type { Call, Document, Kind, WriteCall } from './resource.ts';

/** Limits of a project that differ from the usual ones, under the id of the project. */
export interface QuotaDocument extends Document {
  /** By resource; -1: none. */
  readonly limits: Readonly<Record<string, number>>;
}

export const QUOTA_KIND: Kind<QuotaDocument> = {
  name: 'quota',
  notFound: (id) =>
    new NeutronError(404, 'TenantQuotaNotFound', `Quota for tenant ${id} could not be found.`),
  fields: () => [],
};

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
  const own = await findDocument<QuotaDocument>(call.db, QUOTA_KIND, projectId);
  return { ...call.settings.quotas, ...own?.limits };
}

/** How many of a resource a project has. */
export function usedOf({ db }: Call, resource: string, projectId: string): Promise<number> {
  return readCounter(db, spaceOf(resource), projectId);
}
