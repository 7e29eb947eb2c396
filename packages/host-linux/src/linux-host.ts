import type { Clock, Host, HostEvent, SettingOutcome, SettingStep } from '@virtfn/host';
import type { HostId, HostStep, ObservedHost } from '@virtfn/model';
import { applySettings, applyStep, type StepContext } from './apply/index.ts';
import { readHostId } from './look/index.ts';
import { layOver, type LinkKernel, RouteKernel, watchHost } from './netlink/index.ts';
import { loadPciDriver, readKernelLog, reloadModule, writeModuleOption } from './system/index.ts';
import { KernelThread } from './thread/index.ts';

export interface LinuxHostOptions {
  readonly kernel: LinkKernel;
  readonly clock: Clock;
  /** Tells of what the kernel announces; returns how to stop. */
  readonly watchKernel: (listener: (event: HostEvent) => void) => () => void;
  /** Milliseconds after which a look is given up. */
  readonly lookLimitMs?: number;
}

/** This machine: read by sysfs and one netlink dump, changed step by step. Needs root to change anything. */
export class LinuxHost implements Host {
  readonly hostId: HostId;
  readonly #options: LinuxHostOptions;
  readonly #context: StepContext;

  constructor(options: LinuxHostOptions) {
    this.#options = options;
    this.#context = {
      clock: options.clock,
      kernel: options.kernel,
      looking: new KernelThread(),
      writing: new KernelThread(),
      loadModule: loadPciDriver,
      async reloadModule(moduleOption, value) {
        await writeModuleOption(moduleOption, value);
        await reloadModule(moduleOption.module);
      },
      kernelLog: readKernelLog,
    };
    this.hostId = readHostId('/');
  }

  async observe(): Promise<ObservedHost> {
    const { kernel, lookLimitMs = 10_000 } = this.#options;
    const seen = await this.#context.looking.run(
      { kind: 'look', root: '/' },
      'read the PFs of this machine',
      lookLimitMs,
    );
    return layOver(seen, kernel);
  }

  apply(step: HostStep): Promise<void> {
    return applyStep(step, this.#context);
  }

  applySettings(steps: readonly SettingStep[]): Promise<readonly SettingOutcome[]> {
    return applySettings(steps, this.#context);
  }

  watch(listener: (event: HostEvent) => void): () => void {
    return this.#options.watchKernel(listener);
  }
}

/** This machine with the running kernel behind it. */
export function openLinuxHost(clock: Clock): LinuxHost {
  return new LinuxHost({ kernel: new RouteKernel(), clock, watchKernel: watchHost });
}
