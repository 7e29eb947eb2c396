import type { ApplyRequestDocument, TrafficQueryDocument } from '@virtfn/contract';
import { parseHostId, parsePciAddress, SriovError, toSriovError } from '@virtfn/model';
import { type RequestOrigin, whoAsked } from '../audit/index.ts';
import type { Call, Handlers } from '../http/index.ts';
import type { AgentSessions } from '../agents/index.ts';
import { insertSteps, type NewStep, type Store } from '../store/index.ts';
import { getHost } from './get-host.ts';

/** Firmware that counts may take milliseconds for each VF. */
const TRAFFIC_LIMIT_MS = 5000;
/** Kernels take a second and more for a hundred VFs, and machines some time to let go of theirs. */
const APPLY_LIMIT_MS = 10 * 60_000;

export interface QuestionOptions {
  readonly store: Store;
  /** The agents that are connected here; null: this controller has no port for them. */
  readonly agents: () => Pick<AgentSessions, 'ask'> | null;
}

/** What nobody but a host's agent can say or do. Nothing of it is kept here. */
export function questionHandlers({
  agents,
  store,
}: QuestionOptions): Pick<Handlers, 'applyHost' | 'readTraffic'> {
  const hostOf = ({ params }: Call) => parseHostId(params['hostId'] ?? '');
  const connected = () => {
    const found = agents();
    if (found !== null) return found;
    throw new SriovError('AGENT_UNREACHABLE', 'Cannot ask an agent: this controller has no port for agents', {
      hint: 'Give agentLink.listen in controller.yaml, and start it again',
    });
  };
  return {
    readTraffic: async (call) => {
      const { pf } = call.query as TrafficQueryDocument;
      const question = { about: 'traffic', pf: pf === undefined ? null : parsePciAddress(pf) } as const;
      return (await connected().ask(hostOf(call), question, TRAFFIC_LIMIT_MS)).traffic;
    },
    applyHost: async (call) => {
      const { observed } = await getHost(store, hostOf(call));
      const { hostId } = observed;
      const change = call.body as ApplyRequestDocument;
      for (const { pf } of change.pfs) parsePciAddress(pf);
      const agent = connected();
      const note = (error: NewStep['error']): Promise<void> =>
        store.write('note who changes a host', (write) =>
          insertSteps(write, [stepOfApply(call.origin, hostId, change, { at: write.at, error })]),
        );
      // Before it is done: whoever changes a host is in the log, whatever becomes of it.
      await note(null);
      try {
        return (await agent.ask(hostId, { about: 'apply', change }, APPLY_LIMIT_MS)).applied;
      } catch (thrown) {
        const { code, message } = toSriovError(thrown);
        await note({ code, message });
        throw thrown;
      }
    },
  };
}

/** What the host's agent does about it, it tells by itself. */
function stepOfApply(
  origin: RequestOrigin,
  hostId: string,
  { pfs }: ApplyRequestDocument,
  { at, error }: { readonly at: Date; readonly error: NewStep['error'] },
): NewStep {
  const what = pfs.map(({ pf, numVfs }) => `${numVfs} VFs on PF ${pf}`).join(' and ');
  return {
    ...whoAsked(origin),
    at: at.toISOString(),
    text: `ask host ${hostId} to have ${what}`,
    object: null,
    hostId,
    pf: pfs.length === 1 ? (pfs[0]?.pf ?? null) : null,
    vfIndex: null,
    portId: null,
    attachmentId: null,
    error,
  };
}
