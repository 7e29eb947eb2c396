import { parseHostId } from '@virtfn/model';
import type { Card } from '../cards/index.ts';
import { type CardSlot, SimulatedMachine, type SimulatedPf, VirtualClock } from '../machine/index.ts';
import { KernelBlocked, KernelErrno } from './kernel-answer.ts';

// Machines for the tests of this folder, and how their kernel answered, in one word.

/** One card at 82:00 with its ports up; `pf` is the first. All that comes late has come. */
export function machineWith(
  card: Card,
  differences: Partial<CardSlot> = {},
): { readonly machine: SimulatedMachine; readonly pf: SimulatedPf } {
  const machine = new SimulatedMachine(parseHostId('host'), new VirtualClock(), [
    { card, slot: '0000:82:00', netdevNames: ['ens1f0', 'ens1f1'], ...differences },
  ]);
  return { machine, pf: portOf(machine, 0) };
}

export function portOf(machine: SimulatedMachine, index: number): SimulatedPf {
  const pf = machine.pfs[index];
  if (pf === undefined) throw new RangeError(`the sample machine has no port ${index}`);
  return pf;
}

/** `done`, the kernel's errno, or `blocked` for a system call that does not come back. */
export function answerOf(call: () => void): string {
  try {
    call();
    return 'done';
  } catch (error) {
    if (error instanceof KernelErrno) return error.errno;
    if (error instanceof KernelBlocked) return 'blocked';
    throw error;
  }
}
