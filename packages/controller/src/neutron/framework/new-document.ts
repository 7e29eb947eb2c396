import { randomUUID } from 'node:crypto';
import type { Document, Given } from './resource.ts';

/** What every new document has: its id, and its project in both of Neutron's words. */
export function identityValues(given: Given): {
  readonly id: string;
  readonly tenant_id: string;
  readonly project_id: string;
} {
  const projectId = String(given['project_id']);
  return { id: randomUUID(), tenant_id: projectId, project_id: projectId };
}

/**
 * A document of what a request gave and what the server adds. The resource's table has read all that was given, so that
 * it has the types of the document.
 */
export function documentOf<Doc extends Document>(given: Given, added: Partial<Doc> & Given): Doc {
  return { ...given, ...added } as unknown as Doc;
}
