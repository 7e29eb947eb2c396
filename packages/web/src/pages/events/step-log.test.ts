import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditStep, StepList } from '@virtfn/contract';
import { StepLog } from './step-log.ts';

const step = (id: number): AuditStep => ({
  id,
  at: new Date(id * 1000).toISOString(),
  actor: { kind: 'agent' },
  cause: 'reconcile',
  action: 'set-vf',
  text: `step ${id}`,
  object: null,
  hostId: 'fish',
  pf: null,
  vfIndex: null,
  portId: null,
  attachmentId: null,
  error: null,
});

const PAGE = 3;

/** An audit log as the API shows it, three entries a page. */
class Log {
  readonly #steps: AuditStep[] = [];
  /** Done once, while the next page is on its way. */
  meanwhile: () => void = () => {};
  isAway = false;

  append(): AuditStep {
    const next = step(this.#steps.length + 1);
    this.#steps.unshift(next);
    return next;
  }

  read = async (marker: string | null): Promise<StepList> => {
    if (this.isAway) throw new Error('away');
    const after = marker === null ? this.#steps : this.#steps.filter(({ id }) => id < Number(marker));
    const steps = after.slice(0, PAGE);
    const next = after.length > PAGE ? String(steps.at(-1)?.id) : null;
    this.meanwhile();
    this.meanwhile = () => {};
    return { steps, next };
  };
}

function logOf(count: number): Log {
  const log = new Log();
  for (let index = 0; index < count; index += 1) log.append();
  return log;
}

const idsOf = (log: StepLog): readonly number[] => log.known.value.steps.map(({ id }) => id);

describe('StepLog', () => {
  it('reads the latest, and older ones when it is asked, to the end', async () => {
    const steps = new StepLog(logOf(7).read);
    await steps.readLatest();
    assert.deepEqual([idsOf(steps), steps.known.value.hasOlder], [[7, 6, 5], true]);
    await Promise.all([steps.readOlder(), steps.readOlder()]);
    assert.deepEqual(idsOf(steps), [7, 6, 5, 4, 3, 2]);
    await steps.readOlder();
    assert.deepEqual([idsOf(steps), steps.known.value.hasOlder], [[7, 6, 5, 4, 3, 2, 1], false]);
  });

  it('has each once that comes while a page is read', async () => {
    const log = logOf(4);
    const steps = new StepLog(log.read);
    log.meanwhile = () => steps.take(log.append());
    await steps.readLatest();
    assert.deepEqual(idsOf(steps), [5, 4, 3, 2]);
    log.meanwhile = () => steps.take(log.append());
    await steps.readOlder();
    assert.deepEqual(idsOf(steps), [6, 5, 4, 3, 2, 1]);
    steps.take(step(3));
    assert.deepEqual(idsOf(steps), [6, 5, 4, 3, 2, 1]);
  });

  it('keeps what it knows over a break in which little was missed, and forgets it over a longer one', async () => {
    const log = logOf(5);
    const steps = new StepLog(log.read);
    await steps.readLatest();
    await steps.readOlder();
    log.append();
    await steps.readLatest();
    assert.deepEqual([idsOf(steps), steps.known.value.hasOlder], [[6, 5, 4, 3, 2, 1], false]);
    for (let missed = 0; missed < PAGE; missed += 1) log.append();
    await steps.readLatest();
    assert.deepEqual([idsOf(steps), steps.known.value.hasOlder], [[9, 8, 7], true]);
    await steps.readOlder();
    assert.deepEqual(idsOf(steps), [9, 8, 7, 6, 5, 4]);
  });

  it('keeps what it knows when a page cannot be read, and reads it when it is asked again', async () => {
    const log = logOf(5);
    const steps = new StepLog(log.read);
    await steps.readLatest();
    log.isAway = true;
    await steps.readOlder();
    assert.deepEqual(idsOf(steps), [5, 4, 3]);
    assert.match(steps.known.value.error?.message ?? '', /away/);
    log.isAway = false;
    await steps.readOlder();
    assert.deepEqual([idsOf(steps), steps.known.value.error], [[5, 4, 3, 2, 1], null]);
  });
});
