import type { AuditStep } from '@virtfn/contract';

/** Who did it, for people. */
export const actorName = ({ actor }: AuditStep): string =>
  actor.kind === 'agent' ? 'agent' : (actor.userName ?? actor.userId);
