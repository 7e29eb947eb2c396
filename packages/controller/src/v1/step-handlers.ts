import type { StepList, StepQueryDocument } from '@virtfn/contract';
import { SriovError } from '@virtfn/model';
import { type AuditIntake, viewOfStep } from '../audit/index.ts';
import type { Handlers } from '../http/index.ts';
import { listSteps, type Store } from '../store/index.ts';

const USUAL_LIMIT = 100;

/** The audit log. */
export function stepHandlers(store: Store, audit: AuditIntake): Pick<Handlers, 'listSteps'> {
  return {
    listSteps: async ({ query }) => {
      // Who has changed something and looks here finds it.
      await audit.catchUp();
      return stepsOf(store, query as StepQueryDocument);
    },
  };
}

async function stepsOf(store: Store, query: StepQueryDocument): Promise<StepList> {
  const { host, port, pf, vf, actor, code, since, until, marker, limit = USUAL_LIMIT } = query;
  const found = await store.read('read the audit log', (db) =>
    listSteps(db, {
      hostId: host ?? null,
      portId: port ?? null,
      pf: pf ?? null,
      vfIndex: vf ?? null,
      actor: actor ?? null,
      code: code ?? null,
      since: timeOf(since),
      until: timeOf(until),
      before: marker === undefined ? null : placeOf(marker),
      limit: limit + 1,
    }),
  );
  const steps = found.slice(0, limit).map(viewOfStep);
  const last = steps.at(-1);
  return { steps, next: found.length > limit && last !== undefined ? `${last.at}/${last.id}` : null };
}

/** In UTC, as entries have it. */
function timeOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new SriovError('REQUEST_INVALID', `Cannot read the query: "${text.slice(0, 40)}" is no time`, {
    hint: 'Write it as 2026-01-02T03:04:05Z',
  });
}

function placeOf(marker: string): { readonly at: string; readonly id: number } {
  const [, at, id] = /^(\d{4}-[^/]{1,30})\/(\d{1,15})$/.exec(marker) ?? [];
  if (at !== undefined && id !== undefined) return { at, id: Number(id) };
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot read the query: "${marker.slice(0, 40)}" is no marker of this list`,
  );
}
