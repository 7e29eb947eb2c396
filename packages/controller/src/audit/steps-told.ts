import type { StepsMessage } from '@virtfn/contract/agent-link';
import type { HostId } from '@virtfn/model';
import { insertToldSteps, type NewStep, type Write } from '../store/index.ts';

const AGENT = { kind: 'agent' } as const;

/** Keeps what an agent tells of its host, once however often it is told. */
export async function stepsTold(
  write: Write,
  hostId: HostId,
  { log, first, lost, steps }: StepsMessage,
): Promise<void> {
  // Below all that steps have, and the same one whenever this is told again.
  if (lost > 0) await insertToldSteps(write, [gapOf(hostId, lost, write.at)], { log, place: -1 - first });
  const entries = steps.map(
    ({ at, cause, action, text, pf, vfIndex, attachmentId, portId, error }): NewStep => ({
      at: timeOf(at, write.at),
      actor: AGENT,
      cause,
      action,
      text,
      object: null,
      hostId,
      pf,
      vfIndex,
      portId,
      attachmentId,
      error,
    }),
  );
  await insertToldSteps(write, entries, { log, place: first });
}

/** As the log is searched by it, whatever form it came in. */
function timeOf(text: string, otherwise: Date): string {
  const at = new Date(text);
  return (Number.isNaN(at.getTime()) ? otherwise : at).toISOString();
}

function gapOf(hostId: HostId, lost: number, at: Date): NewStep {
  return {
    at: at.toISOString(),
    actor: AGENT,
    cause: 'reconcile',
    action: 'steps-lost',
    text: `${lost} steps were not told: the controller was away for so long that the agent did not keep them`,
    object: null,
    hostId,
    pf: null,
    vfIndex: null,
    portId: null,
    attachmentId: null,
    error: null,
  };
}
