import type { ApplyDocument, HostProgramEvent, HostRequest } from '@virtfn/contract';
import type { Question } from '@virtfn/contract/agent-link';
import { errorOfTold, SriovError } from '@virtfn/model';
import type { Answers } from '../link/index.ts';
import { answerRequest } from './answer-request.ts';
import type { AskedContext } from './request-context.ts';

type Change = Extract<Question, { about: 'apply' }>['change'];

/** Answers what a controller wants changed in `host.yaml`, as far as the host's owner has allowed it there. */
export function answersAboutChanges(contextNow: () => AskedContext): Pick<Answers, 'apply'> {
  return {
    apply: async ({ change }) => ({ about: 'apply', applied: await apply(change, contextNow()) }),
  };
}

async function apply(change: Change, context: AskedContext): Promise<ApplyDocument> {
  const events: HostProgramEvent[] = [];
  await answerRequest(requestOf(change), {
    ...context,
    // In the turn in which it is changed: its owner may have changed his mind a moment before.
    checkConfig: ({ controllerMayChangeVfs }) => {
      if (controllerMayChangeVfs) return;
      throw new SriovError(
        'CHANGE_NOT_ALLOWED',
        `Cannot change host ${context.host.hostId}: its host.yaml does not let its controller`,
      );
    },
    emit: (event) => events.push(event),
    // Who asked may go away; what was begun is brought to its end all the same.
    signal: new AbortController().signal,
  });
  const steps: ApplyDocument['steps'] = [];
  let plan: ApplyDocument['plan'] | null = null;
  for (const event of events) {
    if (event.event === 'step') steps.push({ text: event.text, error: event.error });
    if (event.event === 'plan') plan = event.plan;
    if (event.event === 'error') throw errorOfTold(event.error);
  }
  if (plan === null) throw new SriovError('INTERNAL', 'Cannot tell what was done: the change had no end');
  return { steps, plan };
}

function requestOf({ pfs, evict = [] }: Change): HostRequest {
  return {
    request: 'apply',
    configFile: null,
    edits: pfs.map(({ pf, numVfs }) => ({ kind: 'set-num-vfs', pf, numVfs })),
    evict: [...evict],
    reloadDriver: false,
  };
}
