import { refuseIfHeld } from '@virtfn/host';
import { describeStep, type PciAddress, type PhysicalFunction, SriovError } from '@virtfn/model';
import { SETTLE_LIMIT_MS, type StepContext, type StepOf, waitUntil } from './step-context.ts';

/** `modprobe -r igb; modprobe igb max_vfs=N`, but not while anybody would be hurt, and not believed before it shows. */
export async function reloadDriver(step: StepOf<'reload-driver'>, context: StepContext): Promise<void> {
  const look = async (pf: PciAddress): Promise<PhysicalFunction | null> =>
    context.looking.run(
      { kind: 'look-at-pf', root: '/', pf, onlyVf: null },
      `look at PF ${pf}`,
      SETTLE_LIMIT_MS,
    );
  for (const pf of step.pfs) {
    const before = await look(pf);
    refuseIfHeld(step, before?.vfs ?? []);
    if (before?.carriesDefaultRoute === true) {
      throw new SriovError(
        'VFS_IN_USE',
        `Cannot ${describeStep(step)}: ${before.netdevName ?? pf} carries the default route by now`,
        { details: { pf } },
      );
    }
  }
  await context.reloadModule(step.moduleOption, step.numVfs);
  const isBack = async (): Promise<boolean> => {
    const pf = await look(step.pf);
    return pf !== null && pf.driver !== null && pf.vfs.length === step.numVfs;
  };
  if (await waitUntil(isBack, context)) return;
  const found = await look(step.pf);
  throw new SriovError(
    'VF_COUNT_SHORT',
    `Cannot ${describeStep(step)}: PF ${step.pf} has ${found?.numVfs ?? 0} VFs after it`,
    {
      details: { pf: step.pf, asked: step.numVfs, kernelLog: context.kernelLog(step.pf) ?? '' },
    },
  );
}
