import type { HostEvent, HostReader } from '@virtfn/host';
import type { HostId, ObservedHost } from '@virtfn/model';
import { readHostId } from './look/index.ts';
import { KernelThread } from './thread/index.ts';

export interface LinuxHostReaderOptions {
  /** `/` for this machine, or a folder with a copy of another one's `/sys` and `/proc`. */
  readonly root?: string;
  /** Milliseconds after which a look is given up. */
  readonly limitMs?: number;
}

/**
 * A real machine, or a snapshot of one, to be looked at. Settings of VFs, eswitch mode and firmware are null, which
 * stands for "not known": sysfs does not have them.
 */
export class LinuxHostReader implements HostReader {
  readonly hostId: HostId;
  readonly #root: string;
  readonly #limitMs: number;
  readonly #thread = new KernelThread();

  constructor({ root = '/', limitMs = 10_000 }: LinuxHostReaderOptions = {}) {
    this.#root = root;
    this.#limitMs = limitMs;
    this.hostId = readHostId(root);
  }

  /**
   * Reads the machine anew. Without root the processes of others are not seen, and so not that they hold a VF.
   *
   * @throws {SriovError} STEP_TIMEOUT when the kernel holds a file back, KERNEL_REFUSED
   */
  async observe(): Promise<ObservedHost> {
    return this.#thread.run(
      { kind: 'look', root: this.#root },
      'read the PFs of this machine',
      this.#limitMs,
    );
  }

  /**
   * Tells of nothing: sysfs has no events, and those of the kernel come by netlink. Until these are read, the agent's
   * own look every 30 s is what finds a change.
   */
  watch(_listener: (event: HostEvent) => void): () => void {
    return () => {};
  }
}
