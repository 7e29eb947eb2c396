import { refuseIfHeld } from '@virtfn/host';
import { describeStep, SriovError } from '@virtfn/model';
import { countVfs, lookAtPf, type StepContext, type StepOf, waitUntil, writeFor } from './step-context.ts';

const file = (pf: string, name: string): string => `/sys/bus/pci/devices/${pf}/${name}`;

/** `echo N > sriov_numvfs`, but not while anybody would be hurt, and not believed before it shows. */
export async function setNumVfs(step: StepOf<'set-num-vfs'>, context: StepContext): Promise<void> {
  const before = await countVfs(step, context);
  if (before.numVfs === step.numVfs) return;
  if (before.numVfs !== step.from) {
    throw new SriovError('VF_COUNT_BUSY', `Cannot ${describeStep(step)}: it has ${before.numVfs} by now`, {
      details: { pf: step.pf, numVfs: before.numVfs },
    });
  }
  // Who holds a VF takes a whole look to see.
  if (step.numVfs === 0) refuseIfHeld(step, (await lookAtPf(step, context)).vfs);
  await writeFor(step, file(step.pf, 'sriov_numvfs'), `${step.numVfs}`, context, before);
  await settle(step, context);
}

/** Drivers that reset the PF take its link away for a moment: whoever needs it waits for it (a rate does). */
async function settle(step: StepOf<'set-num-vfs'>, context: StepContext): Promise<void> {
  let after = await countVfs(step, context);
  if (after.numVfs !== step.numVfs) {
    // The write succeeds also when the driver enabled fewer (K2).
    throw new SriovError(
      'VF_COUNT_SHORT',
      `Cannot ${describeStep(step)}: the driver enabled ${after.numVfs}`,
      {
        details: {
          pf: step.pf,
          asked: step.numVfs,
          enabled: after.numVfs,
          kernelLog: context.kernelLog(step.pf) ?? '',
        },
      },
    );
  }
  // Links and folders of VFs come late (K6).
  const areThere = await waitUntil(async () => {
    if (after.visible !== step.numVfs) after = await countVfs(step, context);
    return after.visible === step.numVfs;
  }, context);
  if (!areThere) {
    throw new SriovError(
      'VF_NOT_READY',
      `Cannot ${describeStep(step)}: ${after.visible} of them have appeared`,
      {
        details: { pf: step.pf, appeared: after.visible },
      },
    );
  }
}

export async function setDriversAutoprobe(
  step: StepOf<'set-drivers-autoprobe'>,
  context: StepContext,
): Promise<void> {
  const before = await lookAtPf(step, context);
  if (before.driversAutoprobe === step.enabled) return;
  await writeFor(step, file(step.pf, 'sriov_drivers_autoprobe'), step.enabled ? '1' : '0', context);
  const after = await lookAtPf(step, context);
  if (after.driversAutoprobe !== step.enabled) {
    throw new SriovError(
      'READ_BACK_DIFFERS',
      `Cannot ${describeStep(step)}: the kernel took it, but shows the opposite`,
    );
  }
}
