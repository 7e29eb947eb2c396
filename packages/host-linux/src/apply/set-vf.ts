import { noSuchVf, type SettingOutcome, type SettingStep } from '@virtfn/host';
import {
  capabilityOfDriver,
  DRIVER_TABLE,
  describeStep,
  isSameVlan,
  isSriovError,
  type PciAddress,
  PLACEHOLDER_MAC,
  SriovError,
  type VfSetting,
  type VfSettings,
} from '@virtfn/model';
import { type LinkFacts, type LinkKernel, NetlinkRefusal, type VfPort } from '../netlink/link-kernel.ts';
import { PCI_DEVICES } from '../sysfs/read-vfs.ts';
import { SysfsReader } from '../sysfs/sysfs-reader.ts';
import { findPfLink } from './find-link.ts';
import {
  callFor,
  countVfs,
  readBackDiffers,
  SETTLE_LIMIT_MS,
  type StepContext,
  waitUntil,
} from './step-context.ts';

/** How long to wait before a VF that is being reset is asked again. */
const RETRY_MS = 20;

/** One setting of a VF, read back. @throws {SriovError} */
export async function setVf(step: SettingStep, context: StepContext): Promise<void> {
  const [outcome] = await applySettings([step], context);
  if (outcome?.kind === 'failed') throw outcome.error;
}

/**
 * Settings of VFs of one PF, each by one netlink message, and one look for all of them behind the last. A rate at a devlink port
 * takes three, and the ports are looked at once before, too: a dump has those of all VFs. The first of each VF
 * are sent together, then the second, and so on: so what comes behind a refusal is not tried, and no VF waits for another.
 */
export async function applySettings(
  steps: readonly SettingStep[],
  context: StepContext,
): Promise<readonly SettingOutcome[]> {
  const [first] = steps;
  if (first === undefined) return [];
  return applyToLink(steps, findPfLink(first), context);
}

/** By the number of the PF's interface. */
export async function applyToLink(
  steps: readonly SettingStep[],
  ifIndex: number,
  context: StepContext,
): Promise<readonly SettingOutcome[]> {
  const ports = portsAskedOnce(steps, context.kernel);
  const outcomes: SettingOutcome[] = steps.map(() => ({ kind: 'skipped' }));
  let left: readonly Numbered[] = steps.map((step, at) => ({ step, at }));
  while (left.length > 0) {
    const round = firstOfEachVf(left);
    const failed = new Set<number>();
    for (const { at, step, error } of await sendRound(round, ifIndex, ports, context)) {
      outcomes[at] = error === null ? { kind: 'done' } : { kind: 'failed', error };
      if (error !== null) failed.add(step.vfIndex);
      // Nobody knows what the kernel is doing: nothing more is asked of it.
      if (error?.code === 'STEP_TIMEOUT') return outcomes;
    }
    left = left.filter((each) => !round.includes(each) && !failed.has(each.step.vfIndex));
  }
  return readAllBack(steps, outcomes, ifIndex, context);
}

interface Numbered {
  readonly step: SettingStep;
  /** Its place among all. */
  readonly at: number;
}

type Sent = Numbered & { readonly error: SriovError | null };

/** Nothing was sent: each by itself tells why. */
function refusedAsAWhole(error: unknown): readonly boolean[] {
  if (error instanceof NetlinkRefusal) return [];
  throw error;
}

function firstOfEachVf(steps: readonly Numbered[]): readonly Numbered[] {
  const seen = new Set<number>();
  return steps.filter(({ step }) => {
    const isFirst = !seen.has(step.vfIndex);
    seen.add(step.vfIndex);
    return isFirst;
  });
}

/** One setting each of several VFs. What is refused among them is asked again by itself, which tells why. */
async function sendRound(
  round: readonly Numbered[],
  ifIndex: number,
  ports: PortsOfVfs,
  context: StepContext,
): Promise<readonly Sent[]> {
  const together = round.filter(({ step }) => !mayGoToPort(step));
  const taken = new Set<Numbered>();
  if (together.length > 1) {
    const rate = together.find(({ step }) => step.setting.attribute === 'rate');
    if (rate !== undefined) await waitForLink(rate.step, context);
    const changes = together.map(({ step }) => ({ vfIndex: step.vfIndex, setting: onTheWire(step) }));
    const [head] = together;
    const error = await errorOf(async () => {
      const answers = await context.kernel.setVfs(ifIndex, changes).catch(refusedAsAWhole);
      for (const [index, each] of together.entries()) if (answers[index] === true) taken.add(each);
    });
    if (error !== null && head !== undefined) return [{ ...head, error }];
  }
  const sent: Sent[] = [];
  for (const each of round) {
    const error = taken.has(each) ? null : await errorOf(() => send(each.step, ifIndex, ports, context));
    sent.push({ ...each, error });
    if (error?.code === 'STEP_TIMEOUT') break;
  }
  return sent;
}

async function errorOf(call: () => Promise<void>): Promise<SriovError | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (isSriovError(error)) return error;
    throw error;
  }
}

/** Sent again while the driver says that the VF is being reset. */
async function send(
  step: SettingStep,
  ifIndex: number,
  known: PortsOfVfs,
  context: StepContext,
): Promise<void> {
  const { clock, kernel } = context;
  const deadline = clock.now() + SETTLE_LIMIT_MS;
  let ports = known;
  await waitForLink(step, context);
  for (;;) {
    try {
      await sendSetting(step, ifIndex, ports, kernel);
      return;
    } catch (refusal) {
      if (!(refusal instanceof NetlinkRefusal)) throw refusal;
      // What the errno means hangs on what the PF is like, and on whether it has the VF at all.
      const link = await callFor(step, () => kernel.readLink(ifIndex));
      refuseMissingVf(step, link);
      const error = await errorOf(() => callFor(step, () => Promise.reject(refusal), link));
      if (error?.code !== 'VF_NOT_READY' || clock.now() >= deadline) throw error ?? refusal;
      await clock.sleep(RETRY_MS);
      ports = portsAskedOnce([step], kernel);
    }
  }
}

/**
 * A change of the number of VFs takes the link of some PFs away for a moment, and some drivers take a rate only with one. One that
 * stays away is for the driver to refuse.
 */
async function waitForLink(step: SettingStep, context: StepContext): Promise<void> {
  if (step.setting.attribute !== 'rate' || !capabilityOfDriver(driverOf(step.pf)).rates.needsLink) return;
  await waitUntil(async () => {
    const { adminUp, carrier } = await countVfs(step, context);
    return carrier || !adminUp;
  }, context);
}

/** In switchdev mode a driver may keep the rate at the VF's devlink port, and then there only. */
export async function sendSetting(
  step: SettingStep,
  ifIndex: number,
  ports: PortsOfVfs,
  kernel: LinkKernel,
): Promise<void> {
  const { pf, vfIndex, setting } = step;
  const port = setting.attribute === 'rate' ? (await ports()).get(vfIndex) : undefined;
  if (setting.attribute === 'rate' && port !== undefined)
    await kernel.setPortRate(pf, port.portIndex, setting.value);
  else await kernel.setVf(ifIndex, vfIndex, onTheWire(step));
}

/** VFs whose rates stand at devlink ports. */
type PortsOfVfs = () => Promise<ReadonlyMap<number, VfPort>>;

/** Asked of the kernel once, when the first rate comes. */
export function portsAskedOnce(steps: readonly SettingStep[], kernel: LinkKernel): PortsOfVfs {
  const read: PortsOfVfs = async () => {
    const step = steps.find(mayGoToPort);
    if (step === undefined) return new Map();
    if ((await kernel.readDevlink(step.pf))?.eswitchMode !== 'switchdev') return new Map();
    return kernel.readVfPorts(step.pf);
  };
  let ports: ReturnType<PortsOfVfs> | null = null;
  return () => (ports ??= read());
}

/** Drivers that are known to have no switchdev mode are not even asked. */
function mayGoToPort({ pf, setting }: SettingStep): boolean {
  if (setting.attribute !== 'rate') return false;
  const driver = driverOf(pf);
  return !DRIVER_TABLE.some((row) => row.driver === driver && row.switchdev === null);
}

function refuseMissingVf(step: SettingStep, { vfs }: LinkFacts): void {
  if (vfs.has(step.vfIndex)) return;
  const numVfs = Number(new SysfsReader('/').text(`${PCI_DEVICES}/${step.pf}/sriov_numvfs`) ?? 0);
  // A VF that is counted but not reported is being reset (K9).
  if (step.vfIndex < numVfs) return;
  throw noSuchVf(step, numVfs);
}

function driverOf(pf: PciAddress): string {
  return new SysfsReader('/').linkName(`${PCI_DEVICES}/${pf}/driver`) ?? '';
}

/** Drivers that refuse a zero MAC get the placeholder. */
function onTheWire({ pf, setting }: SettingStep): VfSetting {
  if (setting.attribute !== 'adminMac' || setting.value !== null) return setting;
  return capabilityOfDriver(driverOf(pf)).macClearedBy === 'placeholder'
    ? { ...setting, value: PLACEHOLDER_MAC }
    : setting;
}

/** Turns what was taken, and does not show, into failures. */
async function readAllBack(
  steps: readonly SettingStep[],
  outcomes: readonly SettingOutcome[],
  ifIndex: number,
  context: StepContext,
): Promise<readonly SettingOutcome[]> {
  const done = steps.filter((_, index) => outcomes[index]?.kind === 'done');
  const [first] = done;
  if (first === undefined) return outcomes;
  let vfs: LinkFacts['vfs'] = new Map();
  // The driver leaves a VF out while it resets it, which some do after each change.
  await waitUntil(async () => {
    ({ vfs } = await callFor(first, () => context.kernel.readLink(ifIndex)));
    return done.every((step) => vfs.has(step.vfIndex));
  }, context);
  const ports = portsAskedOnce(done, context.kernel);
  const judged: SettingOutcome[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const step = steps[index];
    const error =
      step === undefined || outcome.kind !== 'done'
        ? null
        : await errorOf(() => checkSetting(step, vfs.get(step.vfIndex), ports));
    judged.push(error === null ? outcome : { kind: 'failed', error });
  }
  return judged;
}

/** @throws {SriovError} VF_NOT_READY, ATTRIBUTE_UNSUPPORTED, READ_BACK_DIFFERS */
async function checkSetting(
  step: SettingStep,
  found: VfSettings | undefined,
  ports: PortsOfVfs,
): Promise<void> {
  if (found === undefined) {
    throw new SriovError(
      'VF_NOT_READY',
      `Cannot ${describeStep(step)}: the driver does not report the VF since`,
    );
  }
  const { setting } = step;
  const settings =
    setting.attribute === 'rate'
      ? { ...found, ...(await callFor(step, ports)).get(step.vfIndex)?.rate }
      : found;
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
