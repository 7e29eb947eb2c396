import type { AuditStep } from '@virtfn/contract';

/** Entries of the audit log, in the order of the API, each once. Pure. */
export function joinedSteps(some: readonly AuditStep[], others: readonly AuditStep[]): readonly AuditStep[] {
  const byId = new Map([...some, ...others].map((step) => [step.id, step]));
  return [...byId.values()].toSorted((a, b) => (a.at === b.at ? b.id - a.id : a.at < b.at ? 1 : -1));
}
