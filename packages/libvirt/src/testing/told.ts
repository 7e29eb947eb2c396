import type { LibvirtEvent } from '../client/index.ts';

/** What a watch has told, to be waited for. */
export class Told {
  readonly events: LibvirtEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly tell = (event: LibvirtEvent): void => {
    this.events.push(event);
    for (const look of this.#waiting) look();
  };

  /** The first event that fits, told already or not yet. The test runner's limit ends a wait that is in vain. */
  async until(fits: (event: LibvirtEvent) => boolean): Promise<LibvirtEvent> {
    const { promise, resolve } = Promise.withResolvers<LibvirtEvent>();
    const look = (): void => {
      const found = this.events.find(fits);
      if (found !== undefined) resolve(found);
    };
    this.#waiting.add(look);
    look();
    const found = await promise;
    this.#waiting.delete(look);
    return found;
  }
}
