import { isSriovError, type SriovError, toSriovError } from '@virtfn/model';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** All objects of one kind, as far as they are known. */
export type Listed<Item> =
  | { readonly kind: 'reading' }
  /** `isComplete` false: more of them are being read. */
  | { readonly kind: 'known'; readonly items: ReadonlyMap<string, Item>; readonly isComplete: boolean }
  | { readonly kind: 'refused'; readonly error: SriovError };

/** Those that are known by now. */
export function itemsOf<Item>(listed: Listed<Item>): readonly Item[] {
  return listed.kind === 'known' ? [...listed.items.values()] : [];
}

/** Some of the objects, in the order of the API. */
export interface ObjectPage<Item> {
  readonly items: readonly (readonly [id: string, item: Item])[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: string | null;
}

export interface LiveObjectsOptions<Item> {
  /** @param marker `next` of the page before; null: the first */
  readonly readPage: (marker: string | null) => Promise<ObjectPage<Item>>;
  /** Does it in a moment: what is told in between is shown at once, not one by one. */
  readonly later: (show: () => void) => void;
}

/** The objects of one kind that whoever looks may see: read once, and then kept as events tell of them. */
export class LiveObjects<Item> {
  readonly #options: LiveObjectsOptions<Item>;
  readonly #listed: Signal<Listed<Item>> = signal<Listed<Item>>({ kind: 'reading' });
  readonly #items = new Map<string, Item>();
  #isComplete = false;
  /** Whether the last reading that ended did so before all was read. */
  #hasFailed = false;
  #isShownSoon = false;
  /** What events told since reading began: fresher than any page that comes. */
  #told = new Set<string>();
  /** Which reading is the last; 0: none has begun. */
  #reading = 0;

  constructor(options: LiveObjectsOptions<Item>) {
    this.#options = options;
  }

  /** Begins to read them where nobody has asked before. */
  get listed(): ReadonlySignal<Listed<Item>> {
    if (this.#reading === 0) void this.#readAll();
    return this.#listed;
  }

  /** Events were missed. What is known is shown until all is read; nothing is read that nobody has asked for. */
  async refresh(): Promise<void> {
    if (this.#reading > 0) await this.#readAll();
  }

  /** Reads them again where the last reading has failed. */
  async retry(): Promise<void> {
    if (this.#hasFailed) await this.#readAll();
  }

  /** @param item null: it is gone */
  take(id: string, item: Item | null): void {
    if (this.#reading === 0) return;
    this.#told.add(id);
    if (item === null) this.#items.delete(id);
    else this.#items.set(id, item);
    if (this.#isShownSoon) return;
    this.#isShownSoon = true;
    this.#options.later(() => {
      this.#isShownSoon = false;
      if (this.#listed.value.kind === 'known') this.#show();
    });
  }

  async #readAll(): Promise<void> {
    this.#reading += 1;
    const reading = this.#reading;
    const seen = new Set<string>();
    this.#told = new Set();
    let marker: string | null = null;
    try {
      do {
        const page: ObjectPage<Item> = await this.#options.readPage(marker);
        if (reading !== this.#reading) return;
        for (const [id, item] of page.items) {
          seen.add(id);
          if (!this.#told.has(id)) this.#items.set(id, item);
        }
        marker = page.next;
        if (marker !== null) this.#show();
      } while (marker !== null);
      for (const id of this.#items.keys()) if (!seen.has(id) && !this.#told.has(id)) this.#items.delete(id);
      this.#isComplete = true;
      this.#hasFailed = false;
      this.#show();
    } catch (thrown) {
      if (reading !== this.#reading) return;
      const error = toSriovError(thrown);
      // The object at which the next page begins may be gone when it is asked for.
      if (marker !== null && isSriovError(error, 'OBJECT_UNKNOWN')) return this.#readAll();
      this.#hasFailed = true;
      // What was known is shown on.
      if (!this.#isComplete) this.#listed.value = { kind: 'refused', error };
    }
  }

  #show(): void {
    this.#listed.value = { kind: 'known', items: new Map(this.#items), isComplete: this.#isComplete };
  }
}
