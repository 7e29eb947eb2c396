import { describeStep, SriovError } from '@virtfn/model';
import { parseCount } from '../sysfs/parse-values.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import { findPfLink } from './find-link.ts';
import { callFor, lookAtPf, readBackDiffers, type StepContext, type StepOf } from './step-context.ts';

export async function setPfUp(step: StepOf<'set-pf-up'>, { kernel }: StepContext): Promise<void> {
  const ifIndex = findPfLink(step);
  await callFor(step, () => kernel.setUp(ifIndex));
  if (!(await callFor(step, () => kernel.readLink(ifIndex))).adminUp) readBackDiffers(step, 'it down');
}

export async function setPfMtu(step: StepOf<'set-pf-mtu'>, { kernel }: StepContext): Promise<void> {
  const ifIndex = findPfLink(step);
  await callFor(step, () => kernel.setMtu(ifIndex, step.mtu));
  const { mtu } = await callFor(step, () => kernel.readLink(ifIndex));
  if (mtu !== step.mtu) readBackDiffers(step, `MTU ${mtu}`);
}

/** The MTU of a VF's own interface, which it has only with its kernel driver and in this network namespace. */
export async function setVfMtu(step: StepOf<'set-vf-mtu'>, context: StepContext): Promise<void> {
  const pf = await lookAtPf(step, context);
  const name = pf.vfs.find((vf) => vf.vfIndex === step.vfIndex)?.netdevName ?? null;
  const ifIndex =
    name === null ? null : parseCount(new SysfsReader('/').text(`/sys/class/net/${name}/ifindex`));
  if (ifIndex === null) {
    throw new SriovError('VF_UNKNOWN', `Cannot ${describeStep(step)}: the VF has no interface here`, {
      details: { pf: step.pf },
    });
  }
  await callFor(step, () => context.kernel.setMtu(ifIndex, step.mtu));
  const { mtu } = await callFor(step, () => context.kernel.readLink(ifIndex));
  if (mtu !== step.mtu) readBackDiffers(step, `MTU ${mtu}`);
}

export async function setEswitchMode(
  step: StepOf<'set-eswitch-mode'>,
  { kernel }: StepContext,
): Promise<void> {
  if ((await kernel.readDevlink(step.pf))?.eswitchMode === step.mode) return;
  await callFor(step, () => kernel.setEswitchMode(step.pf, step.mode));
  const mode = (await kernel.readDevlink(step.pf))?.eswitchMode ?? null;
  if (mode !== step.mode) readBackDiffers(step, `mode ${mode ?? 'none'}`);
}
