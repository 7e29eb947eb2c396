import { noSuchVf } from '@virtfn/host';
import {
  capabilityOfDriver,
  describeStep,
  isSameVlan,
  isSriovError,
  PLACEHOLDER_MAC,
  SriovError,
  type VfSetting,
  type VfSettings,
} from '@virtfn/model';
import type { LinkFacts, LinkKernel, VfRate } from '../netlink/link-kernel.ts';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import { findPfLink } from './find-link.ts';
import {
  callFor,
  readBackDiffers,
  SETTLE_LIMIT_MS,
  type StepContext,
  type StepOf,
  waitUntil,
} from './step-context.ts';

/** How long to wait before a VF that is being reset is asked again. */
const RETRY_MS = 20;

/** One setting of a VF by one netlink message (a rate at a devlink port by two), read back. Asked again while the driver says that the VF is being reset. */
export async function setVf(step: StepOf<'set-vf'>, context: StepContext): Promise<void> {
  const { clock, kernel } = context;
  const ifIndex = findPfLink(step);
  const deadline = clock.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const link = await callFor(step, () => kernel.readLink(ifIndex));
    refuseMissingVf(step, link);
    try {
      await callFor(step, () => sendSetting(step, ifIndex, kernel), link);
      break;
    } catch (error) {
      if (!isSriovError(error, 'VF_NOT_READY') || clock.now() >= deadline) throw error;
      await clock.sleep(RETRY_MS);
    }
  }
  await readBack(step, ifIndex, context);
}

/** In switchdev mode a driver may keep the rate at the VF's devlink port, and then there only. */
export async function sendSetting(
  step: StepOf<'set-vf'>,
  ifIndex: number,
  kernel: LinkKernel,
): Promise<void> {
  const { pf, vfIndex, setting } = step;
  if (setting.attribute === 'rate' && (await readPortRate(step, kernel)) !== undefined)
    await kernel.setVfRate(pf, vfIndex, setting.value);
  else await kernel.setVf(ifIndex, vfIndex, onTheWire(step));
}

async function readPortRate(
  { pf, vfIndex }: StepOf<'set-vf'>,
  kernel: LinkKernel,
): Promise<VfRate | undefined> {
  if ((await kernel.readDevlink(pf))?.eswitchMode !== 'switchdev') return undefined;
  return (await kernel.readVfRates(pf)).get(vfIndex);
}

function refuseMissingVf(step: StepOf<'set-vf'>, { vfs }: LinkFacts): void {
  if (vfs.has(step.vfIndex)) return;
  const numVfs = Number(new SysfsReader('/').text(`${PCI_DEVICES}/${step.pf}/sriov_numvfs`) ?? 0);
  // A VF that is counted but not reported is being reset (K9).
  if (step.vfIndex < numVfs) return;
  throw noSuchVf(step, numVfs);
}

/** Drivers that refuse a zero MAC get the placeholder. */
function onTheWire({ pf, setting }: StepOf<'set-vf'>): VfSetting {
  if (setting.attribute !== 'adminMac' || setting.value !== null) return setting;
  const driver = new SysfsReader('/').linkName(`${PCI_DEVICES}/${pf}/driver`) ?? '';
  return capabilityOfDriver(driver).macClearedBy === 'placeholder'
    ? { ...setting, value: PLACEHOLDER_MAC }
    : setting;
}

async function readBack(step: StepOf<'set-vf'>, ifIndex: number, context: StepContext): Promise<void> {
  const read = async (): Promise<VfSettings | undefined> =>
    (await callFor(step, () => context.kernel.readLink(ifIndex))).vfs.get(step.vfIndex);
  // The driver leaves a VF out while it resets it, which some do after each change.
  let settings: VfSettings | undefined;
  await waitUntil(async () => (settings = await read()) !== undefined, context);
  if (settings === undefined) {
    throw new SriovError(
      'VF_NOT_READY',
      `Cannot ${describeStep(step)}: the driver does not report the VF since`,
    );
  }
  const { setting } = step;
  if (setting.attribute === 'rate')
    settings = { ...settings, ...(await callFor(step, () => readPortRate(step, context.kernel))) };
  const isReported =
    setting.attribute === 'spoofCheck' || setting.attribute === 'trust'
      ? settings[setting.attribute] !== null
      : true;
  if (!isReported) {
    // Taken but never shown: nobody could tell whether it is so.
    throw new SriovError(
      'ATTRIBUTE_UNSUPPORTED',
      `Cannot ${describeStep(step)}: the driver takes it but does not report it back`,
    );
  }
  if (!isSet(setting, settings)) readBackDiffers(step, JSON.stringify(settings));
}

function isSet(setting: VfSetting, has: VfSettings): boolean {
  switch (setting.attribute) {
    case 'adminMac':
      return has.adminMac === setting.value || (setting.value === null && has.adminMac === PLACEHOLDER_MAC);
    case 'vlan':
      return isSameVlan(has.vlan, setting.value);
    case 'rate':
      return (
        has.minTxRateMbps === setting.value.minTxRateMbps && has.maxTxRateMbps === setting.value.maxTxRateMbps
      );
    default:
      return has[setting.attribute] === setting.value;
  }
}
