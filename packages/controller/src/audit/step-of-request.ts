import { AGENT_CHANGE, type NewStep, REMOVAL_CHANGE } from '../store/index.ts';
import type { RequestOrigin } from './request-origin.ts';

/** Something that a write has changed. */
interface Subject {
  readonly kind: string;
  readonly id: string;
}

/** What follows from a change of an object, and is no object that anybody asked to change. */
const CONSEQUENCES: ReadonlySet<string> = new Set([AGENT_CHANGE, 'attachment', 'desired', 'host', 'step']);
/** Where an agent is what is asked for. The path has its id, and a change of it the host's. */
const AGENT_ROUTE = '/v2.0/agents/:id';

/** The audit log's entry of a request that has changed something. Pure. */
export function stepOfRequest(origin: RequestOrigin, subjects: readonly Subject[], at: string): NewStep {
  const { method, route, params } = origin;
  const isAsked = ({ kind }: Subject): boolean =>
    !CONSEQUENCES.has(kind) || (kind === AGENT_CHANGE && route === AGENT_ROUTE);
  const objects = distinct(subjects.filter(isAsked));
  const named = new Set(Object.values(params));
  const object = objects.find(({ id }) => named.has(id)) ?? objects.find((each) => isOf(each, route)) ?? null;
  const ofKind = objects.filter(({ kind }) => kind === object?.kind).length;
  const what = object === null ? 'the fleet' : `${object.kind} ${object.id}`;
  const more = method === 'POST' && ofKind > 1 ? ` and ${ofKind - 1} more` : '';
  return {
    at,
    ...whoAsked(origin),
    text: `${verbOf(method, params, object)} ${what}${more}`,
    object,
    hostId: object?.kind === AGENT_CHANGE ? object.id : hostOf(subjects),
    pf: null,
    vfIndex: null,
    portId: object?.kind === 'port' ? object.id : null,
    attachmentId: null,
    error: null,
  };
}

/** Who asked for what, and by which request. */
export function whoAsked({
  method,
  route,
  requestId,
  userId,
  userName,
  projectId,
}: RequestOrigin): Pick<NewStep, 'action' | 'actor' | 'cause'> {
  return {
    actor: { kind: 'user', userId, userName, projectId },
    cause: requestId,
    action: `${method} ${route.replace(/^\/(?:v2\.0|virtfn\/v1)\//, '')}`,
  };
}

/** A request below an object's own path changes it: a rule that is added to a policy, a binding that is removed. */
function verbOf(method: string, params: RequestOrigin['params'], object: Subject | null): string {
  const named = Object.values(params);
  const isNamed = named.at(-1) === object?.id || object?.kind === AGENT_CHANGE;
  if (method === 'DELETE' && isNamed) return 'delete';
  return method === 'POST' && named.length === 0 ? 'create' : 'update';
}

/** The host that something was asked of; null: of none, or of all. */
function hostOf(subjects: readonly Subject[]): string | null {
  return subjects.find(({ kind }) => kind === 'desired' || kind === REMOVAL_CHANGE)?.id ?? null;
}

/** Whether an object is of the collection that a route names: `/v2.0/security-groups` of `security_group`. */
function isOf({ kind }: Subject, route: string): boolean {
  return route.replaceAll('-', '_').includes(kind.replace(/y$/, ''));
}

function distinct(subjects: readonly Subject[]): readonly Subject[] {
  return [...new Map(subjects.map((subject) => [`${subject.kind}/${subject.id}`, subject])).values()];
}
