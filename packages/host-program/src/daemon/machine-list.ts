import type { Clock, Hypervisor } from '@virtfn/host';
import type { ReportedMachine } from '@virtfn/contract';

export interface MachineListOptions {
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  /** Whether anybody is told: else libvirt, which its socket may have to start, is left alone. */
  readonly isWanted: () => boolean;
  readonly onChange: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What changed without an event. */
const ASK_EVERY_MS = 30_000;

/**
 * Which virtual machines there are, so that a port can be given to one by its name. Asked beside the looks, of which most have no
 * reason to ask libvirt and would wait for it.
 */
export class MachineList {
  readonly #options: MachineListOptions;
  #current: readonly ReportedMachine[] | null = null;

  constructor(options: MachineListOptions) {
    this.#options = options;
  }

  /** As libvirt showed them last; null: it did not answer, or was not asked. */
  get current(): readonly ReportedMachine[] | null {
    return this.#current;
  }

  /** Asks whenever something has happened, and every half minute, until it is ended. */
  async run(): Promise<void> {
    const { hypervisor, clock, isWanted, onChange, signal } = this.#options;
    let wake = new AbortController();
    const unwatch = hypervisor.watch(() => wake.abort());
    try {
      while (!signal.aborted) {
        wake = new AbortController();
        const before = JSON.stringify(this.#current);
        this.#current = isWanted() ? await ask(hypervisor) : null;
        if (JSON.stringify(this.#current) !== before) onChange();
        await clock.sleep(ASK_EVERY_MS, AbortSignal.any([wake.signal, signal]));
      }
    } finally {
      unwatch();
    }
  }
}

async function ask(hypervisor: Hypervisor): Promise<readonly ReportedMachine[] | null> {
  try {
    return await hypervisor.list();
  } catch {
    // What stands in the way is told where something is to be plugged.
    return null;
  }
}
