import type { Finding } from '@virtfn/model';
import { KernelThread } from './thread/index.ts';

const LIMIT_MS = 60_000;

/** The doctor, in a thread of its own: it reads files for which the kernel may take as long as it likes (K4). */
export class MachineExaminer {
  readonly #thread = new KernelThread();
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  /** @throws {SriovError} STEP_TIMEOUT, KERNEL_REFUSED */
  examine(): Promise<readonly Finding[]> {
    return this.#thread.run({ kind: 'examine', root: this.#root }, 'examine this machine', LIMIT_MS);
  }
}
