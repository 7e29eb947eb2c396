import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Finding, ObservedHost, PciAddress, PhysicalFunction } from '@virtfn/model';
import { countVfs, readMachine, readOnePf } from '../look/read-machine.ts';
import type { VfCount } from '../sysfs/index.ts';

/** What is done in a thread of its own, because the kernel may not come back from it (K4). */
export type Job =
  | { readonly kind: 'look'; readonly root: string }
  | {
      readonly kind: 'look-at-pf';
      readonly root: string;
      readonly pf: PciAddress;
      /** This VF alone of all that it has; null: all. */
      readonly onlyVf: number | null;
    }
  /** The few facts that a change of the number of VFs waits for: a whole look takes many times as long. */
  | { readonly kind: 'count-vfs'; readonly root: string; readonly pf: PciAddress }
  /** What the doctor finds: it reads the same files as a look, and many more. */
  | { readonly kind: 'examine'; readonly root: string }
  /** Writes a text to a file of sysfs in one call, as the kernel wants it. */
  | { readonly kind: 'write'; readonly file: string; readonly text: string };

/** What each kind of job gives. A write gives the errno of its refusal, or null. */
export interface JobResults {
  readonly look: ObservedHost;
  readonly 'look-at-pf': PhysicalFunction | null;
  readonly 'count-vfs': VfCount | null;
  readonly examine: readonly Finding[];
  readonly write: string | null;
}

export async function runJob(job: Job): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'look':
      return readMachine(job.root);
    case 'look-at-pf':
      return readOnePf(job.root, job.pf, job.onlyVf);
    case 'count-vfs':
      return countVfs(job.root, job.pf);
    case 'examine': {
      // Threads that only look need not load it.
      const { gatherFacts, runDoctor } = await import('../doctor/index.ts');
      return runDoctor(gatherFacts(job.root));
    }
    case 'write':
      return writeSysfs(job.file, job.text);
  }
}

/** Synchronously. @returns the errno of the kernel's refusal, null when it took the text */
function writeSysfs(file: string, text: string): string | null {
  try {
    const fd = openSync(file, constants.O_WRONLY);
    try {
      writeSync(fd, text);
    } finally {
      closeSync(fd);
    }
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}
