import { NetlinkRefusal } from '../netlink/link-kernel.ts';
import { findPfLink } from './find-link.ts';
import { callFor, readBackDiffers, type StepContext, type StepOf } from './step-context.ts';

export async function addFdbEntry(step: StepOf<'add-fdb-entry'>, { kernel }: StepContext): Promise<void> {
  const ifIndex = findPfLink(step);
  await callFor(step, () => unless('EEXIST', () => kernel.addFdbEntry(ifIndex, step.mac)));
  const there = await callFor(step, () => kernel.listFdb());
  if (there.get(ifIndex)?.includes(step.mac) !== true) readBackDiffers(step, 'no such entry');
}

/**
 * What is gone already is what the step is for. An entry that is still there is not looked at: the kernel counts how often an
 * address was asked for (__hw_addr_del_entry), and what is left is that of somebody else, a macvlan say, who would lose it
 * by another try.
 */
export async function removeFdbEntry(
  step: StepOf<'remove-fdb-entry'>,
  { kernel }: StepContext,
): Promise<void> {
  const ifIndex = findPfLink(step);
  await callFor(step, () => unless('ENOENT', () => kernel.removeFdbEntry(ifIndex, step.mac)));
}

async function unless(forgiven: string, call: () => Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof NetlinkRefusal && error.errno === forgiven)) throw error;
  }
}
