import { existsSync } from 'node:fs';
import { noSuchVf, refuseIfHeld } from '@virtfn/host';
import {
  capabilityOfDriver,
  describeStep,
  isVfioDriver,
  type PciAddress,
  type PhysicalFunction,
  SriovError,
  type VirtualFunction,
} from '@virtfn/model';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import {
  lookAtPf,
  readBackDiffers,
  type StepContext,
  type StepOf,
  waitUntil,
  writeFor,
} from './step-context.ts';

/**
 * Changes the driver of one VF by driver_override (K7): the number of VFs and its neighbours are not touched. With the
 * probing of VFs off the kernel binds only a driver that is named there, so the card's own is named too.
 */
export async function setVfDriver(step: StepOf<'set-vf-driver'>, context: StepContext): Promise<void> {
  const pf = await lookAtPf(step, context, step.vfIndex);
  const vf = findVf(step, pf);
  const target =
    step.driver === 'none' ? null : step.driver === 'vfio-pci' ? 'vfio-pci' : kernelDriverOf(step, pf, vf);
  if (vf.driver === target) return;
  refuseIfHeld(step, [vf]);
  const device = `${PCI_DEVICES}/${vf.pciAddress}`;
  if (target !== null) await context.loadModule(target);
  // A newline clears the override; no driver's name is empty.
  await writeFor(step, `${device}/driver_override`, target ?? '\n', context);
  if (vf.driver !== null) await writeFor(step, `${device}/driver/unbind`, vf.pciAddress, context);
  if (target !== null) {
    await writeFor(step, '/sys/bus/pci/drivers_probe', vf.pciAddress, context);
    // An override that stays would keep everybody else, libvirt among them, from giving the VF another driver.
    if (target !== 'vfio-pci') await writeFor(step, `${device}/driver_override`, '\n', context);
  }
  const bound = driverOf(vf.pciAddress);
  if (bound !== target) readBackDiffers(step, bound === null ? 'no driver' : `driver ${bound}`);
  if (step.driver === 'kernel') await waitForNetdev(vf.pciAddress, context);
}

function driverOf(vf: PciAddress): string | null {
  return new SysfsReader('/').linkName(`${PCI_DEVICES}/${vf}/driver`);
}

/**
 * The interface appears a moment after its driver was bound, and udev gives it its name a moment later: whoever asked for it
 * will call it by name. One that does not come is not this step's failure.
 */
async function waitForNetdev(vf: PciAddress, context: StepContext): Promise<void> {
  const reader = new SysfsReader('/');
  const isUdevThere = existsSync('/run/udev/control');
  await waitUntil(() => {
    const [name] = reader.list(`${PCI_DEVICES}/${vf}/net`) ?? [];
    const ifIndex = name === undefined ? null : reader.text(`/sys/class/net/${name}/ifindex`);
    // udev writes down what it has made of a device when it is through with it.
    return ifIndex !== null && (!isUdevThere || existsSync(`/run/udev/data/n${ifIndex}`));
  }, context);
}

function findVf(step: StepOf<'set-vf-driver'>, pf: PhysicalFunction): VirtualFunction {
  const vf = pf.vfs.find((each) => each.vfIndex === step.vfIndex);
  if (vf !== undefined) return vf;
  throw noSuchVf(step, pf.numVfs);
}

function kernelDriverOf(step: StepOf<'set-vf-driver'>, pf: PhysicalFunction, vf: VirtualFunction): string {
  // A VF that has a driver which is not VFIO's has the right one.
  if (vf.driver !== null && !isVfioDriver(vf.driver)) return vf.driver;
  const known = capabilityOfDriver(pf.driver ?? '').vfDriver;
  if (known !== null) return known;
  throw new SriovError(
    'VF_UNKNOWN',
    `Cannot ${describeStep(step)}: the VF driver of ${pf.driver ?? 'this PF'} is not known`,
    {
      details: { pf: step.pf, driver: pf.driver },
    },
  );
}
