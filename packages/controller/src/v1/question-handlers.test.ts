import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Question } from '@virtfn/contract/agent-link';
import { isSriovError, SriovError } from '@virtfn/model';
import type { AgentSessions } from '../agents/index.ts';
import type { Call } from '../http/index.ts';
import { NeutronRig } from '../neutron/testing/index.ts';
import { listSteps } from '../store/index.ts';
import { questionHandlers } from './question-handlers.ts';
import { ANY_STEP } from '../testing/index.ts';

const PF = '0000:82:00.1';
const NOTHING_LEFT = { steps: [], refusals: [], blastRadius: [] };

/** A controller with hosts, one of whose agents the test is. */
async function openRig(answer: AgentSessions['ask']) {
  const rig = await NeutronRig.start();
  const { applyHost } = questionHandlers({ store: rig.store, agents: () => ({ ask: answer }) });
  const apply = (hostId: string) => {
    const origin = {
      requestId: 'req-1',
      method: 'POST',
      route: '/virtfn/v1/hosts/:hostId/apply',
      params: { hostId },
      userId: 'u1',
      userName: 'ada',
      projectId: 'p1',
    };
    const call = { params: { hostId }, query: {}, body: { pfs: [{ pf: PF, numVfs: 5 }] }, origin };
    return applyHost(call as unknown as Call);
  };
  const log = async () => {
    const steps = await rig.store.read('list', (db) => listSteps(db, ANY_STEP));
    return steps.map(({ text, hostId, pf, actor, action, error }) => [
      text,
      hostId,
      pf,
      actor.kind === 'user' ? actor.userName : null,
      action,
      error?.code ?? null,
    ]);
  };
  return { rig, apply, log };
}

const ENTRY = [
  `ask host compute1 to have 5 VFs on PF ${PF}`,
  'compute1',
  PF,
  'ada',
  'POST hosts/:hostId/apply',
];

suite('applyHost', () => {
  test('asks the agent, and has in the log who asked for what', async () => {
    const asked: Question[] = [];
    const { rig, apply, log } = await openRig(async (_, question) => {
      asked.push(question);
      return { about: 'apply', applied: { steps: [], plan: NOTHING_LEFT } } as never;
    });
    await using _ = rig;
    assert.deepEqual(await apply('compute1'), { steps: [], plan: NOTHING_LEFT });
    assert.deepEqual(asked, [{ about: 'apply', change: { pfs: [{ pf: PF, numVfs: 5 }] } }]);
    assert.deepEqual(await log(), [[...ENTRY, null]]);
  });

  test('has in the log that it was refused', async () => {
    const { rig, apply, log } = await openRig(async () => {
      throw new SriovError(
        'CHANGE_NOT_ALLOWED',
        'Cannot change host compute1: its host.yaml does not let it',
      );
    });
    await using _ = rig;
    await assert.rejects(apply('compute1'), (error) => isSriovError(error, 'CHANGE_NOT_ALLOWED'));
    assert.deepEqual(await log(), [
      [...ENTRY, 'CHANGE_NOT_ALLOWED'],
      [...ENTRY, null],
    ]);
  });

  test('has nothing in the log of a host that is not there', async () => {
    const { rig, apply, log } = await openRig(async () => assert.fail('nobody is asked'));
    await using _ = rig;
    await assert.rejects(apply('nobody'), (error) => isSriovError(error, 'HOST_UNKNOWN'));
    assert.deepEqual(await log(), []);
  });
});
