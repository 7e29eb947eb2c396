import type { Clock } from '@virtfn/host';
import { kernelRefusal, type Errno } from '@virtfn/host';
import {
  describeStep,
  type HostStep,
  type ModuleOption,
  type PhysicalFunction,
  SriovError,
} from '@virtfn/model';
import { type LinkKernel, NetlinkRefusal } from '../netlink/link-kernel.ts';
import type { VfCount } from '../sysfs/index.ts';
import type { KernelThread } from '../thread/index.ts';

/** What applying a step may use of the machine. */
export interface StepContext {
  readonly clock: Clock;
  readonly kernel: LinkKernel;
  /** For looks; a write that hangs must not hold them up. */
  readonly looking: KernelThread;
  readonly writing: KernelThread;
  /** Loads a kernel module by its name. */
  readonly loadModule: (name: string) => Promise<void>;
  /** Writes the option of a module for every later load, and loads it anew. */
  readonly reloadModule: (moduleOption: ModuleOption, value: number) => Promise<void>;
  /** The kernel's last words about a device. */
  readonly kernelLog: (device: string) => string | null;
}

/** Milliseconds in which a change must show. */
export const SETTLE_LIMIT_MS = 10_000;
/** Milliseconds after which a write counts as hung. Enabling 128 VFs takes some drivers tens of seconds. */
const WRITE_LIMIT_MS = 120_000;
const LOOK_AGAIN_MS = 10;

const ERRNOS: ReadonlySet<string> = new Set<Errno>([
  'EACCES',
  'EAGAIN',
  'EBUSY',
  'EINVAL',
  'EIO',
  'ENETDOWN',
  'ENODEV',
  'ENOENT',
  'ENOMEM',
  'ENOSPC',
  'EOPNOTSUPP',
  'EPERM',
  'EPROTONOSUPPORT',
  'ERANGE',
]);

export type StepOf<Kind extends HostStep['kind']> = Extract<HostStep, { kind: Kind }>;

/**
 * Reads the PF that a step is about.
 *
 * @param onlyVf of its VFs this one alone; null: all
 * @throws {SriovError} PF_UNKNOWN, STEP_TIMEOUT
 */
export async function lookAtPf(
  step: HostStep,
  { looking }: StepContext,
  onlyVf: number | null = null,
): Promise<PhysicalFunction> {
  const pf = await looking.run(
    { kind: 'look-at-pf', root: '/', pf: step.pf, onlyVf },
    `look at PF ${step.pf}`,
    SETTLE_LIMIT_MS,
  );
  return pf ?? refuseUnknownPf(step);
}

/** Reads of the PF only what its number of VFs changes. @throws {SriovError} PF_UNKNOWN, STEP_TIMEOUT */
export async function countVfs(step: HostStep, { looking }: StepContext): Promise<VfCount> {
  const count = await looking.run(
    { kind: 'count-vfs', root: '/', pf: step.pf },
    `count the VFs of PF ${step.pf}`,
    SETTLE_LIMIT_MS,
  );
  return count ?? refuseUnknownPf(step);
}

function refuseUnknownPf(step: HostStep): never {
  throw new SriovError('PF_UNKNOWN', `Cannot ${describeStep(step)}: this machine has no PF there`, {
    details: { pf: step.pf },
  });
}

/** Waits until `isDone`, looking again every few milliseconds. Whether it came to be in time. */
export async function waitUntil(
  isDone: () => boolean | Promise<boolean>,
  { clock }: StepContext,
): Promise<boolean> {
  const deadline = clock.now() + SETTLE_LIMIT_MS;
  while (!(await isDone())) {
    if (clock.now() >= deadline) return false;
    await clock.sleep(LOOK_AGAIN_MS);
  }
  return true;
}

/** Writes to a file of sysfs, refusals as errors of the step. */
export async function writeFor(
  step: HostStep,
  file: string,
  text: string,
  context: StepContext,
  facts: { readonly carrier: boolean; readonly adminUp: boolean } = { carrier: true, adminUp: true },
): Promise<void> {
  const errno = await context.writing.run({ kind: 'write', file, text }, describeStep(step), WRITE_LIMIT_MS);
  if (errno === null) return;
  const words = errno === 'ENOMEM' || errno === 'EIO' ? context.kernelLog(step.pf) : null;
  throw refusalOf(step, errno, facts, words);
}

/** Makes a netlink call, refusals as errors of the step. */
export async function callFor<Result>(
  step: HostStep,
  call: () => Promise<Result>,
  facts: { readonly carrier: boolean; readonly adminUp: boolean } = { carrier: true, adminUp: true },
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NetlinkRefusal) throw refusalOf(step, error.errno, facts, error.words, error);
    throw error;
  }
}

function refusalOf(
  step: HostStep,
  errnoName: string,
  facts: { readonly carrier: boolean; readonly adminUp: boolean },
  words: string | null,
  cause?: unknown,
): SriovError {
  // 95 has two names on Linux; drivers mean this one.
  const errno = errnoName === 'ENOTSUP' ? 'EOPNOTSUPP' : errnoName;
  if (!ERRNOS.has(errno)) {
    return new SriovError('KERNEL_REFUSED', `Cannot ${describeStep(step)}: the kernel answered ${errno}`, {
      details: { errno, pf: step.pf },
      cause,
    });
  }
  return kernelRefusal(
    step,
    errno as Errno,
    { ...facts, ...(words === null ? {} : { kernelLog: words }) },
    cause,
  );
}

/** @throws {SriovError} READ_BACK_DIFFERS */
export function readBackDiffers(step: HostStep, found: string): never {
  throw new SriovError(
    'READ_BACK_DIFFERS',
    `Cannot ${describeStep(step)}: the kernel took it, but shows ${found}`,
    {
      details: { pf: step.pf, found },
    },
  );
}
