import {
  applyOneByOne,
  type Host,
  type HostEvent,
  kernelRefusal,
  noSuchVf,
  refuseIfHeld,
  type SettingOutcome,
  type SettingStep,
} from '@virtfn/host';
import { describeStep, type HostStep, type ObservedHost, SriovError } from '@virtfn/model';
import {
  addFdbEntry,
  KernelBlocked,
  KernelErrno,
  removeFdbEntry,
  reloadDriver,
  setEswitchMode,
  setPfMtu,
  setPfUp,
  setVfDriver,
  setVfSetting,
  writeSriovNumvfs,
} from '../kernel/index.ts';
import {
  hasCarrier,
  observeMachine,
  type SimulatedMachine,
  type SimulatedPf,
  type SimulatedVf,
} from '../machine/index.ts';
import { FaultInjector } from './faults.ts';

/** Time limits of a step, virtual milliseconds. */
const STEP_LIMIT_MS = 10_000;
const RETRY_EVERY_MS = 20;
const LATE_EFFECT_MS = 30_000;

/** The Host port on a simulated machine: makes the system calls, waits, reads back, and speaks to people. */
export class SimulatedHost implements Host {
  readonly machine: SimulatedMachine;
  readonly faults = new FaultInjector();
  /** A call that hangs holds the kernel's network lock (rtnl), so that none behind it overtakes it. */
  #lockedUntil = 0;

  constructor(machine: SimulatedMachine) {
    this.machine = machine;
  }

  get hostId(): Host['hostId'] {
    return this.machine.hostId;
  }

  async observe(): Promise<ObservedHost> {
    return observeMachine(this.machine);
  }

  async apply(step: HostStep): Promise<void> {
    const fault = this.faults.takeForStep(step);
    switch (fault?.kind) {
      case 'refuse':
        throw this.#refusal(step, new KernelErrno(fault.errno));
      case 'hang': {
        const { bootId } = this.machine;
        this.#lockedUntil = this.machine.clock.now() + LATE_EFFECT_MS;
        this.machine.clock.after(LATE_EFFECT_MS, () => {
          // A system call does not survive the kernel that it was made to.
          if (bootId === this.machine.bootId) this.#performLate(step);
        });
        return this.#timeOut(step);
      }
      case 'lose-answer':
        await this.#perform(step);
        return this.#timeOut(step);
      case undefined:
        return this.#perform(step);
    }
  }

  applySettings(steps: readonly SettingStep[]): Promise<readonly SettingOutcome[]> {
    return applyOneByOne(this, steps);
  }

  watch(listener: (event: HostEvent) => void): () => void {
    return this.machine.onChange((pf) => {
      const lost = this.faults.takeForEvent();
      if (lost === undefined) listener({ kind: 'changed', pf });
      else if (lost.announced) listener({ kind: 'events-lost' });
    });
  }

  async #perform(step: HostStep): Promise<void> {
    const pf = this.machine.pf(step.pf);
    const deadline = this.machine.clock.now() + STEP_LIMIT_MS;
    if (this.machine.clock.now() < this.#lockedUntil) return this.#timeOut(step);
    const hadCarrier = hasCarrier(pf, this.machine.clock.now());
    const logged = this.machine.kernelLog.length;
    for (;;) {
      try {
        this.#call(step, pf);
        break;
      } catch (error) {
        if (error instanceof KernelBlocked) return this.#timeOut(step);
        if (!(error instanceof KernelErrno)) throw error;
        if (error.errno !== 'EAGAIN' || this.machine.clock.now() >= deadline)
          throw this.#refusal(step, error, logged);
        await this.machine.clock.sleep(RETRY_EVERY_MS);
      }
    }
    await this.#settle(step, pf, hadCarrier, deadline);
  }

  #call(step: HostStep, pf: SimulatedPf): void {
    switch (step.kind) {
      case 'set-drivers-autoprobe':
        pf.driversAutoprobe = step.enabled;
        return;
      case 'set-num-vfs':
        if (pf.numVfs !== step.numVfs && pf.numVfs !== step.from) {
          throw new SriovError('VF_COUNT_BUSY', `Cannot ${describeStep(step)}: it has ${pf.numVfs} by now`, {
            details: { pf: step.pf, numVfs: pf.numVfs },
          });
        }
        if (step.numVfs === 0) refuseIfHeld(step, pf.vfs);
        return writeSriovNumvfs(this.machine, pf, step.numVfs);
      case 'reload-driver':
        for (const each of step.pfs) refuseIfHeld(step, this.machine.pf(each).vfs);
        this.machine.moduleOptions.set(step.moduleOption.module, step.numVfs);
        return reloadDriver(this.machine, step.moduleOption.module);
      case 'set-eswitch-mode':
        // Asking for the mode it has is refused by some drivers (K13), and a step is idempotent.
        if (pf.eswitchMode === step.mode) return;
        return setEswitchMode(this.machine, pf, step.mode);
      case 'set-pf-up':
        return setPfUp(this.machine, pf, true);
      case 'set-pf-mtu':
        return setPfMtu(this.machine, pf, step.mtu);
      case 'add-fdb-entry':
        return addFdbEntry(this.machine, pf, step.mac);
      case 'remove-fdb-entry':
        // What is gone already is what the step is for.
        if (!pf.fdb.includes(step.mac)) return;
        return removeFdbEntry(this.machine, pf, step.mac);
      case 'set-vf':
        return setVfSetting(this.machine, pf, this.#vf(step, pf), step.setting);
      case 'set-vf-driver': {
        const vf = this.#vf(step, pf);
        if (step.driver !== 'vfio-pci' || vf.driver !== 'vfio-pci') refuseIfHeld(step, [vf]);
        return setVfDriver(this.machine, pf, vf, step.driver);
      }
      case 'set-vf-mtu': {
        const vf = this.#vf(step, pf);
        if (vf.netdevName === null) throw new KernelErrno('ENODEV');
        if (!Number.isInteger(step.mtu) || step.mtu < 68 || step.mtu > pf.mtu)
          throw new KernelErrno('EINVAL');
        vf.mtu = step.mtu;
        this.machine.changed(pf);
      }
    }
  }

  #vf(step: HostStep & { readonly vfIndex: number }, pf: SimulatedPf): SimulatedVf {
    const vf = pf.vfs[step.vfIndex];
    if (vf !== undefined) return vf;
    throw noSuchVf(step, pf.numVfs);
  }

  /** Waits until the change shows, as far as it shows late, and reads it back. */
  async #settle(step: HostStep, pf: SimulatedPf, hadCarrier: boolean, deadline: number): Promise<void> {
    const { clock } = this.machine;
    const waitFor = async (isDone: () => boolean): Promise<void> => {
      while (!isDone() && clock.now() < deadline) await clock.sleep(RETRY_EVERY_MS);
    };
    if (step.kind === 'set-num-vfs' || step.kind === 'reload-driver') {
      if (pf.numVfs !== step.numVfs) {
        throw new SriovError(
          'VF_COUNT_SHORT',
          `Cannot ${describeStep(step)}: the driver enabled ${pf.numVfs}`,
          {
            details: {
              pf: step.pf,
              asked: step.numVfs,
              enabled: pf.numVfs,
              kernelLog: this.machine.kernelLog.at(-1) ?? '',
            },
          },
        );
      }
      await waitFor(() => pf.vfs.every((vf) => vf.visibleAt <= clock.now()));
      // A card that resets itself takes its link away; later steps may need it.
      if (hadCarrier) await waitFor(() => hasCarrier(pf, clock.now()));
    }
    if ('vfIndex' in step) {
      const vf = pf.vfs[step.vfIndex];
      if (vf !== undefined) await waitFor(() => vf.resetUntil <= clock.now());
    }
  }

  /** `logged`: length of the kernel's log before the call; what stood there before says nothing of it. */
  #refusal(step: HostStep, error: KernelErrno, logged = this.machine.kernelLog.length): SriovError {
    const pf = this.machine.pf(step.pf);
    const log = step.kind === 'set-num-vfs' ? this.machine.kernelLog.slice(logged).at(-1) : undefined;
    return kernelRefusal(
      step,
      error.errno,
      { ...this.machine.pfState(pf), ...(log === undefined ? {} : { kernelLog: log }) },
      error,
    );
  }

  async #timeOut(step: HostStep): Promise<never> {
    await this.machine.clock.sleep(STEP_LIMIT_MS);
    throw new SriovError(
      'STEP_TIMEOUT',
      `Cannot ${describeStep(step)}: no answer from the kernel in ${STEP_LIMIT_MS / 1000} s`,
      {
        details: { step: step.kind, pf: step.pf },
      },
    );
  }

  #performLate(step: HostStep): void {
    try {
      this.#call(step, this.machine.pf(step.pf));
    } catch {
      // Nobody waits for this answer any more: a late refusal changes nothing.
    }
  }
}
