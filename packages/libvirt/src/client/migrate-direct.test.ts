import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCapturedCalls } from '../codec/captured/index.ts';
import {
  abortJob,
  type Domain,
  domainStateOf,
  getState,
  migrateBegin,
  migrateConfirm,
  migrateFinish,
  migratePerform,
  migratePrepare,
  type Procedure,
  XdrReader,
  XdrWriter,
} from '../codec/index.ts';
import { type Connection, LibvirtOutcomeUnknown, LibvirtUnavailable } from '../connection/index.ts';
import { migrateDirect } from './index.ts';

const captured = new Map(readCapturedCalls('migrate-direct').map((pair) => [pair.call.procedure, pair]));

const domain: Domain = { name: 'guest', uuid: '7e226198-aa9b-46e4-a95c-f2c6faca4940', id: idOfCapture() };

function idOfCapture(): number {
  const begin = captured.get(migrateBegin.number);
  assert.ok(begin);
  // The name "guest" takes 12 bytes, the UUID 16.
  return Buffer.from(begin.call.payload).readInt32BE(28);
}

/** What was asked of whom, as bytes. */
interface Asked {
  readonly who: 'source' | 'destination';
  readonly procedure: number;
  readonly payload: Buffer;
}

/** A daemon that answers as it did when it was captured, but for one procedure that fails. */
function replaying(
  who: Asked['who'],
  asked: Asked[],
  failure: { readonly procedure: number; readonly error: Error } | null,
): Connection {
  return {
    reconnects: false,
    call<Given, Result>(procedure: Procedure<Given, Result>, given: Given): Promise<Result> {
      const writer = new XdrWriter();
      procedure.encode(writer, given);
      asked.push({ who, procedure: procedure.number, payload: writer.finish() });
      if (failure?.procedure === procedure.number) return Promise.reject(failure.error);
      const reply = captured.get(procedure.number)?.reply.payload ?? unanswered.get(procedure.number);
      assert.ok(reply, `no answer for ${procedure.name}`);
      return Promise.resolve(procedure.decode(new XdrReader(reply)));
    },
    listen: () => () => {},
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Running, and nothing. */
const unanswered: ReadonlyMap<number, Uint8Array> = new Map([
  [getState.number, Buffer.from('0000000100000001', 'hex')],
  [abortJob.number, Buffer.alloc(0)],
]);

async function migrate(
  failure: { readonly procedure: number; readonly error: Error } | null,
): Promise<{ readonly asked: readonly Asked[]; readonly result: Promise<Domain> }> {
  const asked: Asked[] = [];
  const result = migrateDirect({
    source: replaying('source', asked, failure),
    destination: replaying('destination', asked, failure),
    domain,
    flags: ['live', 'persist-dest'],
    migrateUri: 'tcp://127.0.0.1:49999',
  });
  await result.catch(() => null);
  return { asked, result };
}

test('migrateDirect() says to both daemons what virsh has said', async () => {
  assert.deepEqual(domainStateOf(1, 1), { state: 'running', reason: 'booted' });
  const { asked, result } = await migrate(null);
  assert.equal((await result).name, 'guest');
  const phases = asked.filter(({ procedure }) => procedure !== getState.number);
  assert.deepEqual(
    phases.map(({ who, procedure }) => [who, procedure]),
    [
      ['source', migrateBegin.number],
      ['destination', migratePrepare.number],
      ['source', migratePerform.number],
      ['destination', migrateFinish.number],
      ['source', migrateConfirm.number],
    ],
  );
  for (const { procedure, payload } of phases) {
    const call = captured.get(procedure)?.call.payload ?? Buffer.alloc(0);
    assert.equal(payload.toString('hex'), Buffer.from(call).toString('hex'), `procedure ${procedure}`);
  }
});

const refusal = new LibvirtUnavailable('closed', 'a test');
const unknown = new LibvirtOutcomeUnknown('a test', 'timeout');

/** The last number of finish and confirm: whether it was cancelled. */
const cancelled = true;

const failures: readonly {
  readonly name: string;
  readonly given: { readonly procedure: number; readonly error: Error };
  readonly want: readonly (readonly [number, boolean?])[];
}[] = [
  { name: 'begin', given: { procedure: migrateBegin.number, error: refusal }, want: [[migrateBegin.number]] },
  {
    name: 'prepare',
    given: { procedure: migratePrepare.number, error: refusal },
    want: [[migrateBegin.number], [migratePrepare.number], [migrateConfirm.number, cancelled]],
  },
  {
    name: 'perform',
    given: { procedure: migratePerform.number, error: refusal },
    want: [
      [migrateBegin.number],
      [migratePrepare.number],
      [migratePerform.number],
      [migrateFinish.number, cancelled],
    ],
  },
  {
    name: 'perform without an answer',
    given: { procedure: migratePerform.number, error: unknown },
    want: [
      [migrateBegin.number],
      [migratePrepare.number],
      [migratePerform.number],
      [abortJob.number],
      [migrateFinish.number, cancelled],
      [migrateConfirm.number, cancelled],
    ],
  },
  {
    name: 'finish',
    given: { procedure: migrateFinish.number, error: refusal },
    want: [
      [migrateBegin.number],
      [migratePrepare.number],
      [migratePerform.number],
      [migrateFinish.number, false],
      [migrateConfirm.number, cancelled],
    ],
  },
  {
    name: 'finish without an answer, when the guest may run at the destination: the source is not started again',
    given: { procedure: migrateFinish.number, error: unknown },
    want: [
      [migrateBegin.number],
      [migratePrepare.number],
      [migratePerform.number],
      [migrateFinish.number, false],
    ],
  },
];

for (const { name, given, want } of failures) {
  test(`migrateDirect() after a failure of ${name}`, async () => {
    const { asked, result } = await migrate(given);
    await assert.rejects(result, given.error);
    const said = asked
      .filter(({ procedure }) => procedure !== getState.number)
      .map(({ procedure, payload }) =>
        procedure === migrateFinish.number || procedure === migrateConfirm.number
          ? [procedure, payload.readInt32BE(payload.length - 4) === 1]
          : [procedure],
      );
    assert.deepEqual(said, want);
  });
}
