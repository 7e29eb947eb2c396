import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '@virtfn/host';
import { CLOSE_CODE, type KeptDesired, parseAgentMessage } from '@virtfn/contract/agent-link';
import { parseHostId, SriovError } from '@virtfn/model';
import { type Answers, ControllerLink } from './controller-link.ts';
import type { LinkEvents } from './link-connection.ts';

const KEPT: KeptDesired = { revision: 5, ports: [], removed: [], localPorts: [] };
const desired = (revision: number, from: number | null): string =>
  JSON.stringify({ kind: 'desired', revision, from, ports: [], removed: [], localPorts: null });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that a test moves on: those who sleep wake when theirs has come. */
class HandClock implements Clock {
  #now = 0;
  readonly slept: number[] = [];
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve) => {
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal?.addEventListener('abort', () => resolve());
    });
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
    await turn();
  }
}

/** A link whose other end is the test. */
async function openRig(before: KeptDesired | null = null, answers: Answers = {}) {
  const clock = new HandClock();
  const sent: string[] = [];
  const closes: number[] = [];
  const disk = { kept: before, failure: null as SriovError | null };
  let pings = 0;
  let wakes = 0;
  let events: LinkEvents | null = null;
  const link = await ControllerLink.open({
    hostId: parseHostId('fish'),
    bootId: 'boot',
    version: '1',
    answers,
    dial: async (given) => {
      events = given;
      return {
        send: (text) => void sent.push(text),
        ping: () => {
          pings += 1;
        },
        close(code) {
          closes.push(code);
          given.closed(code, '');
        },
      };
    },
    store: {
      read: async () => disk.kept,
      write: async (kept) => {
        if (disk.failure !== null) throw disk.failure;
        disk.kept = kept;
      },
    },
    clock,
    random: () => 1,
    onDesired: () => {
      wakes += 1;
    },
    onStatus: () => {},
  });
  link.start();
  await turn();
  const hear = async (text: string): Promise<void> => {
    assert.ok(events !== null);
    events.message(text);
    await turn();
  };
  return {
    link,
    clock,
    sent,
    closes,
    disk,
    hear,
    events: () => events,
    pings: () => pings,
    wakes: () => wakes,
  };
}

describe('ControllerLink', () => {
  it('says what it answers, answers it, and says why where it cannot', async () => {
    const readings = [{ pfs: [] }];
    const { sent, hear, link } = await openRig(null, {
      traffic: async ({ pf }) => {
        const traffic = readings.pop();
        if (traffic !== undefined) return { about: 'traffic', traffic };
        throw new SriovError('PF_UNKNOWN', `Cannot read the traffic of PF ${pf}: ${'long '.repeat(5000)}`);
      },
    });
    assert.match(sent[0] ?? '', /"kind":"hello".*"answers":\["traffic"\]/);
    const ask = (id: number, pf: string | null): string =>
      JSON.stringify({ kind: 'ask', id, question: { about: 'traffic', pf } });
    await hear(ask(7, null));
    await hear(ask(8, '0000:82:00.0'));
    const answers = sent.slice(1).map((text) => parseAgentMessage(text));
    assert.deepEqual(answers[0], {
      kind: 'answer',
      id: 7,
      answer: { about: 'traffic', traffic: { pfs: [] } },
    });
    assert.ok(answers[1]?.kind === 'answer' && answers[1].answer.about === 'error');
    assert.equal(answers[1].id, 8);
    assert.equal(answers[1].answer.code, 'PF_UNKNOWN');
    await link.stop();
  });

  it('says hello with the revision that is on the disk', async () => {
    const { sent, link } = await openRig(KEPT);
    assert.match(sent[0] ?? '', /"kind":"hello".*"hostId":"fish".*"revision":5/);
    await link.stop();
  });

  it('asks for the full state when a delta builds on another revision, and keeps what it has until then', async () => {
    const { sent, hear, link, wakes } = await openRig(KEPT);
    await hear(desired(9, 8));
    assert.equal(sent.at(-1), '{"kind":"resync"}');
    assert.equal(wakes(), 0);
    assert.equal(link.status.revision, 5);
    await hear(desired(9, null));
    assert.equal(link.status.revision, 9);
    assert.equal(wakes(), 1);
    await link.stop();
  });

  it('knows of no wish before the first full state', async () => {
    const { hear, link } = await openRig();
    assert.deepEqual(await link.wish(), { kind: 'unknown' });
    await hear(desired(3, 2));
    assert.deepEqual(await link.wish(), { kind: 'unknown' });
    await hear(desired(3, null));
    assert.equal((await link.wish()).kind, 'known');
    await link.stop();
  });

  it('gives nobody a state that is not on the disk, and writes it once that is possible', async () => {
    const { hear, link, disk } = await openRig(KEPT);
    disk.failure = new SriovError('PERMISSION_DENIED', 'Cannot write: the disk is full');
    await hear(desired(6, 5));
    await assert.rejects(link.wish(), disk.failure);
    assert.equal(disk.kept?.revision, 5);
    disk.failure = null;
    await link.wish();
    assert.equal(disk.kept?.revision, 6);
    await link.stop();
  });

  it('pings, and ends a session that answers nothing', async () => {
    const { clock, pings, closes, events, link } = await openRig();
    await clock.advance(15_000);
    events()?.pong();
    for (let beats = 0; beats < 3; beats += 1) await clock.advance(15_000);
    assert.equal(pings(), 4);
    assert.deepEqual(closes, []);
    await clock.advance(15_000);
    assert.deepEqual(closes, [CLOSE_CODE.silent]);
    await link.stop();
  });

  it('waits longer after each try that came to nothing, and from the start after one that did', async () => {
    const { clock, events, hear, link } = await openRig();
    const waits: (number | undefined)[] = [];
    const lose = async (): Promise<void> => {
      events()?.closed(1006, '');
      await turn();
      waits.push(clock.slept.at(-1));
      await clock.advance(clock.slept.at(-1) ?? 0);
    };
    for (let tries = 0; tries < 7; tries += 1) await lose();
    await hear(desired(1, null));
    await lose();
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 500]);
    await link.stop();
  });

  it('tells why it was refused, and does not come back soon', async () => {
    const { clock, hear, events, link } = await openRig();
    await hear('{"kind":"refused","code":"HOST_UNKNOWN","message":"Cannot admit it","hint":"Ask"}');
    events()?.closed(CLOSE_CODE.refused, 'HOST_UNKNOWN');
    await turn();
    assert.equal(link.status.problem?.code, 'HOST_UNKNOWN');
    assert.equal(clock.slept.at(-1), 20_000);
    await link.stop();
  });

  it('ends a session that sends what is no message', async () => {
    const { hear, closes, link } = await openRig();
    await hear('{"kind":"desired"}');
    assert.deepEqual(closes, [CLOSE_CODE.malformed]);
    assert.equal(link.status.problem?.code, 'REQUEST_INVALID');
    await link.stop();
  });
});
