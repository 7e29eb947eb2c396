import type { AuditStep, StepList, StepQueryDocument } from '@virtfn/contract';
import { parseAskedTime, unknownMarker } from '@virtfn/contract/serving';

const USUAL_LIMIT = 100;

/**
 * The steps that a query asks for. Pure.
 *
 * @param steps the latest first
 * @throws {SriovError} REQUEST_INVALID
 */
export function askedSteps(steps: readonly AuditStep[], query: StepQueryDocument): StepList {
  const { host, port, pf, vf, actor, code, marker, limit = USUAL_LIMIT } = query;
  const since = parseAskedTime(query.since);
  const until = parseAskedTime(query.until);
  const before = marker === undefined ? null : placeOf(marker);
  const found = steps.filter(
    (step) =>
      (before === null || step.id < before) &&
      (host === undefined || step.hostId === host) &&
      (port === undefined || step.portId === port) &&
      (pf === undefined || step.pf === pf) &&
      (vf === undefined || step.vfIndex === vf) &&
      // Nobody else does anything here.
      (actor === undefined || actor === 'agent') &&
      (code === undefined || hasResult(step, code)) &&
      (since === null || step.at >= since) &&
      (until === null || step.at < until),
  );
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { steps: page, next: found.length > limit && last !== undefined ? String(last.id) : null };
}

function hasResult({ error }: AuditStep, code: string): boolean {
  if (code === 'none') return error === null;
  return code === 'any' ? error !== null : error?.code === code;
}

function placeOf(marker: string): number {
  if (/^\d{1,15}$/.test(marker)) return Number(marker);
  throw unknownMarker(marker);
}
