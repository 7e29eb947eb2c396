import type { AuditStep, StepQueryDocument } from '@virtfn/contract';

/** Which entries of the audit log are asked for; null: any. */
export interface StepFilter {
  readonly host: string | null;
  readonly port: string | null;
  /** `agent`, `user`, or the id or name of a user. */
  readonly actor: string | null;
  readonly isFailed: boolean;
}

/** As the API has it. */
export function queryOf({ host, port, actor, isFailed }: StepFilter): StepQueryDocument {
  return {
    ...(host === null ? {} : { host }),
    ...(port === null ? {} : { port }),
    ...(actor === null ? {} : { actor }),
    ...(isFailed ? { code: 'any' } : {}),
  };
}

/** As `virtfn audit` has it. */
export function optionsOf({ host, port, actor, isFailed }: StepFilter): readonly string[] {
  return [
    ...(host === null ? [] : ['--host', host]),
    ...(port === null ? [] : ['--port', port]),
    ...(actor === null ? [] : ['--actor', actor]),
    ...(isFailed ? ['--failed'] : []),
  ];
}

/** Whether an entry that has just come is among those that were asked for. Pure. */
export function isAsked({ hostId, portId, actor, error }: AuditStep, filter: StepFilter): boolean {
  if (filter.host !== null && hostId !== filter.host) return false;
  if (filter.port !== null && portId !== filter.port) return false;
  if (filter.isFailed && error === null) return false;
  if (filter.actor === null || filter.actor === actor.kind) return true;
  return actor.kind === 'user' && (actor.userId === filter.actor || actor.userName === filter.actor);
}

/** Whether an entry has all of these words in it. Pure. */
export function hasWords({ text, hostId, actor, error, portId, pf }: AuditStep, words: string): boolean {
  const who = actor.kind === 'agent' ? 'agent' : `${actor.userName ?? ''} ${actor.userId}`;
  const all = [text, hostId, who, error?.code, portId, pf].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
