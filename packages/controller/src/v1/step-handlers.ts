import type { StepList, StepQueryDocument } from '@virtfn/contract';
import { parseAskedTime, unknownMarker } from '@virtfn/contract/serving';
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
      since: parseAskedTime(since),
      until: parseAskedTime(until),
      before: marker === undefined ? null : placeOf(marker),
      limit: limit + 1,
    }),
  );
  const steps = found.slice(0, limit).map(viewOfStep);
  const last = steps.at(-1);
  return { steps, next: found.length > limit && last !== undefined ? `${last.at}/${last.id}` : null };
}

function placeOf(marker: string): { readonly at: string; readonly id: number } {
  const [, at, id] = /^(\d{4}-[^/]{1,30})\/(\d{1,15})$/.exec(marker) ?? [];
  if (at !== undefined && id !== undefined) return { at, id: Number(id) };
  throw unknownMarker(marker);
}
