import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SriovError } from '@virtfn/model';
import fc from 'fast-check';
import { LiveObjects, type ObjectPage } from './live-objects.ts';

const PAGE_SIZE = 2;

/** An API with objects, which answers as late as a test wants: by then, what it answers may be old. */
class SlowApi {
  readonly objects = new Map<string, number>();
  readonly #open: (() => void)[] = [];

  readonly readPage = async (marker: string | null): Promise<ObjectPage<number>> => {
    const page = this.#pageBehind(marker);
    await new Promise<void>((resolve) => void this.#open.push(resolve));
    if (page === null) throw new SriovError('OBJECT_UNKNOWN', 'Cannot find the marker: it is gone');
    return page;
  };

  /** Lets the oldest question have its answer. @returns whether there was one */
  async answer(): Promise<boolean> {
    const resolve = this.#open.shift();
    resolve?.();
    // Whoever asked goes on before anything else happens.
    await new Promise((taken) => void setImmediate(taken));
    return resolve !== undefined;
  }

  #pageBehind(marker: string | null): ObjectPage<number> | null {
    if (marker !== null && !this.objects.has(marker)) return null;
    const ids = [...this.objects.keys()].toSorted().filter((id) => marker === null || id > marker);
    const items = ids.slice(0, PAGE_SIZE).map((id) => [id, this.objects.get(id) ?? 0] as const);
    return { items, next: ids.length > PAGE_SIZE ? (items.at(-1)?.[0] ?? null) : null };
  }
}

type Move =
  | { readonly kind: 'put'; readonly id: string; readonly value: number }
  | { readonly kind: 'remove'; readonly id: string }
  /** As `remove`, and the event is lost; a refresh follows, as when a stream is broken. */
  | { readonly kind: 'remove-unheard'; readonly id: string }
  | { readonly kind: 'answer' };

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const moves = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('put' as const), id, value: fc.nat(9) }),
    fc.record({ kind: fc.constant('remove' as const), id }),
    fc.record({ kind: fc.constant('remove-unheard' as const), id }),
    fc.record({ kind: fc.constant('answer' as const) }),
  ),
  { maxLength: 25 },
);

async function play(first: readonly string[], steps: readonly Move[]) {
  const api = new SlowApi();
  for (const each of first) api.objects.set(each, 0);
  const list = new LiveObjects({ readPage: api.readPage, later: (show) => show() });
  const { listed } = list;
  for (const step of steps) {
    switch (step.kind) {
      case 'put':
        api.objects.set(step.id, step.value);
        list.take(step.id, step.value);
        break;
      case 'remove':
        api.objects.delete(step.id);
        list.take(step.id, null);
        break;
      case 'remove-unheard':
        api.objects.delete(step.id);
        void list.refresh();
        break;
      case 'answer':
        await api.answer();
    }
  }
  while (await api.answer());
  return { api, listed };
}

describe('LiveObjects', () => {
  it('ends with what there is, whatever changes while it reads and however late the answers come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(id), moves, async (first, steps) => {
        const { api, listed } = await play(first, steps);
        assert.equal(listed.value.kind, 'known');
        if (listed.value.kind !== 'known') return;
        assert.ok(listed.value.isComplete);
        assert.deepEqual(listed.value.items, api.objects);
      }),
    );
  });

  it('shows the first page while the others come', async () => {
    const api = new SlowApi();
    for (const each of ['a', 'b', 'c']) api.objects.set(each, 1);
    const { listed } = new LiveObjects({ readPage: api.readPage, later: (show) => show() });
    const shown: string[] = [];
    listed.subscribe((now) => shown.push(now.kind === 'known' ? [...now.items.keys()].join(' ') : now.kind));
    while (await api.answer());
    assert.deepEqual(shown, ['reading', 'a b', 'a b c']);
  });

  it('says why nothing can be shown, and shows on what was known when reading again fails', async () => {
    let isRefused = true;
    const refusal = new SriovError('ROLE_MISSING', 'Cannot list: not for you');
    const list = new LiveObjects<number>({
      readPage: async () => {
        if (isRefused) throw refusal;
        return { items: [['a', 1]], next: null };
      },
      later: (show) => show(),
    });
    const { listed } = list;
    await list.refresh();
    assert.deepEqual(listed.value, { kind: 'refused', error: refusal });
    isRefused = false;
    await list.refresh();
    isRefused = true;
    await list.refresh();
    assert.deepEqual(listed.value, { kind: 'known', items: new Map([['a', 1]]), isComplete: true });
  });

  it('reads again what could not be read, and nothing else', async () => {
    let isAway = true;
    let value = 1;
    let asked = 0;
    const list = new LiveObjects<number>({
      readPage: async () => {
        asked += 1;
        if (isAway) throw new SriovError('CONTROLLER_UNREACHABLE', 'Cannot reach the controller');
        return { items: [['a', value]], next: null };
      },
      later: (show) => show(),
    });
    const tryAgain = async () => {
      await list.retry();
      return list.listed.value;
    };
    await list.retry();
    assert.equal(asked, 0, 'nobody has asked for it');
    assert.equal(list.listed.value.kind, 'reading');
    assert.equal((await tryAgain()).kind, 'refused');
    isAway = false;
    assert.deepEqual(await tryAgain(), { kind: 'known', items: new Map([['a', 1]]), isComplete: true });
    isAway = true;
    await list.refresh();
    isAway = false;
    value = 2;
    assert.deepEqual(await tryAgain(), { kind: 'known', items: new Map([['a', 2]]), isComplete: true });
    const before = asked;
    await list.retry();
    assert.equal(asked, before);
  });
});
