import type { Host, SettingOutcome } from '@virtfn/host';
import {
  type AttachmentId,
  describeStep,
  type DesiredHost,
  ERROR_TABLE,
  type ErrorCode,
  type FdbClaim,
  isFdbStep,
  isVfStep,
  type ObservedHost,
  type PciAddress,
  type PfStep,
  type Plan,
  plan,
  SECURITY_ATTRIBUTES,
  type SriovError,
  type Step,
  toSriovError,
  type VfAttribute,
  type VfJournalStep,
  type VfSettings,
  type VfStep,
  type VirtualFunction,
} from '@virtfn/model';
import type { Claim, Journal } from '../journal/index.ts';
import { desiredWithJournal, type Learnt, withJournal } from './merge-journal.ts';

/** One step that was tried, for the audit log. */
export interface StepRecord {
  readonly step: Step;
  /** Whose VF it was; null: nobody's, or it is about a PF. */
  readonly attachmentId: AttachmentId | null;
  readonly error: SriovError | null;
}

/** How to plan. */
export interface PlanOptions {
  /** The desired state is not the whole of it: attachments on PFs that it does not list keep their VFs. */
  readonly isPartial?: boolean;
  /**
   * Attachments that keep what they have although the desired state does not list them: their owner was not heard yet, or
   * asks for what cannot be.
   */
  readonly spared?: ReadonlySet<AttachmentId>;
  /** The host as it was observed a moment ago, in the same turn: it is not looked at again for the first plan. */
  readonly seen?: ObservedHost;
}

export interface ReconcileOptions extends PlanOptions {
  /** Told of each step as it is done or failed. */
  readonly onStep?: (record: StepRecord) => void;
  /** Aborted: the step under way is finished, and no other is begun. */
  readonly signal?: AbortSignal;
}

export interface ReconcileReport {
  /** The host as it was read last, with owners. */
  readonly observed: ObservedHost;
  /** The last plan. `steps` is empty when the host is as wanted, apart from `refusals`. */
  readonly plan: Plan;
  readonly records: readonly StepRecord[];
}

/** Plans by `work`; a place to measure how long that takes. */
export type TimePlan = <Result>(work: () => Result) => Result;

/** Looks at most this often in one go; what is left then is left to the back-off. */
const MAX_ROUNDS = 20;

const NOBODY: ReadonlySet<AttachmentId> = new Set();

/** Errors that another try right away may not have: the first one is forgiven. */
const FLEETING: ReadonlySet<ErrorCode> = new Set([
  'STEP_TIMEOUT',
  'VF_NOT_READY',
  'KERNEL_REFUSED',
  'READ_BACK_DIFFERS',
  'VF_UNKNOWN',
  'VF_COUNT_BUSY',
]);

/**
 * Brings one host to what is wanted of it: observe, plan, apply, observe again, until the plan is empty or nothing
 * moves any more. Keeps nothing that matters in memory: it may be thrown away at any line, and a new one goes on
 * from the journal and the kernel.
 */
export class Reconciler {
  readonly #host: Host;
  readonly #journal: Journal;
  readonly #timePlan: TimePlan;
  readonly #refusedAttributes = new Map<PciAddress, Set<VfAttribute>>();
  readonly #heldSteps = new Map<PciAddress, Map<PfStep['kind'], SriovError>>();
  /** VFs that keep the settings they had, because a new one failed; by PF and number. */
  readonly #restored = new Map<string, Restored>();
  /** Forwarding entries of which a step failed: left as they are, by PF and MAC. */
  readonly #heldEntries = new Map<string, HeldEntry>();
  readonly #failures = new Map<string, number>();
  readonly #timeouts = new Map<string, number>();

  constructor(host: Host, journal: Journal, timePlan: TimePlan = (work) => work()) {
    this.#host = host;
    this.#journal = journal;
    this.#timePlan = timePlan;
  }

  /** Whose each VF is. */
  claims(): readonly Claim[] {
    return this.#journal.claims();
  }

  /**
   * @param desired the full desired state; without one nothing may be changed (invariant 8)
   * @throws {SriovError} what `Host.observe` and the journal throw; failed steps are in the report instead
   */
  async reconcile(desired: DesiredHost, options: ReconcileOptions = {}): Promise<ReconcileReport> {
    const run: Run = { records: [], before: new Map(), ...options };
    this.#failures.clear();
    this.#timeouts.clear();
    const { isPartial = false, spared = NOBODY } = options;
    for (let round = 1; ; round += 1) {
      const { observed, current } = await this.#plan(desired, round === 1 ? options : { isPartial, spared });
      if (current.steps.length === 0 || round > MAX_ROUNDS || run.signal?.aborted === true) {
        return { observed, plan: this.#withFailures(current), records: run.records };
      }
      rememberSettings(current.steps, observed, run);
      const progressed = await this.#applyAll(current.steps, run);
      if (!progressed) {
        const last = await this.#plan(desired, { isPartial, spared });
        return { observed: last.observed, plan: this.#withFailures(last.current), records: run.records };
      }
    }
  }

  /** Gives what failed before another chance: quarantined VFs and steps on PFs. */
  async forgive(): Promise<void> {
    this.#heldSteps.clear();
    this.#heldEntries.clear();
    this.#restored.clear();
    for (const claim of this.#journal.claims()) {
      if (claim.quarantine !== null) await this.#journal.quarantine(claim.attachmentId, null);
    }
  }

  async #plan(
    desired: DesiredHost,
    { isPartial = false, spared = NOBODY, seen }: PlanOptions,
  ): Promise<{ observed: ObservedHost; current: Plan }> {
    const claims = this.#journal.claims();
    const learnt: Learnt = {
      refusedAttributes: this.#refusedAttributes,
      heldSteps: this.#heldKinds(),
      restored: new Map([...this.#restored].map(([subject, { settings }]) => [subject, settings])),
    };
    const listed = new Set(desired.pfs.map(({ pf }) => pf));
    const isSpokenOf = ({ pf }: { readonly pf: PciAddress }): boolean => !isPartial || listed.has(pf);
    const observed: ObservedHost = {
      ...withJournal(seen ?? (await this.#host.observe()), claims, learnt),
      fdbClaims: this.#journal.fdbClaims().filter(isSpokenOf),
    };
    const known = claims.filter((claim) => !spared.has(claim.attachmentId) && isSpokenOf(claim));
    const wanted = desiredWithJournal(desired, observed, known, learnt);
    const whole = this.#timePlan(() => plan(wanted, observed));
    const steps = whole.steps.filter((step) => !this.#heldEntries.has(subjectOf(step)));
    return { observed, current: { ...whole, steps } };
  }

  /** Whether the next round may find something else than this one. */
  async #applyAll(steps: readonly Step[], run: Run): Promise<boolean> {
    const failed = new Set<string>();
    let progressed = false;
    for (const group of groupSteps(steps)) {
      if (run.signal?.aborted === true) return true;
      // What comes after a failed step on the same VF or PF was planned on its success.
      const due = group.filter(
        (step) => !(failed.has(step.pf) || failed.has(subjectOf(step)) || this.#isStuck(step)),
      );
      for (const [index, outcome] of (await this.#applyGroup(due)).entries()) {
        const step = due[index];
        if (step === undefined) continue;
        if (outcome.kind === 'skipped') {
          failed.add(subjectOf(step));
          continue;
        }
        record(
          {
            step,
            attachmentId: this.#ownerOf(step),
            error: outcome.kind === 'done' ? null : outcome.error,
          },
          run,
        );
        if (outcome.kind === 'done') {
          progressed = true;
          continue;
        }
        failed.add(subjectOf(step));
        if (await this.#learn(step, outcome.error, run)) progressed = true;
        // Nobody knows what the step did or will still do, so the rest of this plan is worth nothing.
        if (outcome.error.code === 'STEP_TIMEOUT') return true;
      }
    }
    return progressed;
  }

  #ownerOf(step: Step): AttachmentId | null {
    if (!isVfStep(step)) return null;
    if ('attachmentId' in step) return step.attachmentId;
    const claim = this.#journal.claims().find((each) => each.pf === step.pf && each.vfIndex === step.vfIndex);
    return claim?.attachmentId ?? null;
  }

  /** What would be done now, without doing it. @throws {SriovError} what `Host.observe` throws */
  async planOnly(
    desired: DesiredHost,
    options: PlanOptions = {},
  ): Promise<{ readonly observed: ObservedHost; readonly plan: Plan }> {
    const { observed, current } = await this.#plan(desired, options);
    return { observed, plan: this.#withFailures(current) };
  }

  /** Whether the step's VF or PF did not answer twice: it is left alone for now, so that its neighbours get their turn. */
  #isStuck(step: Step): boolean {
    return (this.#timeouts.get(subjectOf(step)) ?? 0) > 1 || (this.#timeouts.get(step.pf) ?? 0) > 1;
  }

  /** What became of each step of a group. */
  async #applyGroup(group: readonly Step[]): Promise<readonly SettingOutcome[]> {
    // Nothing but settings comes in groups.
    const [first] = group;
    if (first === undefined) return [];
    const settings = group.filter((step) => step.kind === 'set-vf');
    try {
      if (settings.length > 1) return await this.#host.applySettings(settings);
      await this.#applyStep(first);
      return [{ kind: 'done' }];
    } catch (thrown) {
      // How far it came, nobody knows: the first stands for it, and of the others nothing that builds on them is done.
      return [
        { kind: 'failed', error: toSriovError(thrown) },
        ...group.slice(1).map(() => ({ kind: 'skipped' }) as const),
      ];
    }
  }

  async #applyStep(step: Step): Promise<void> {
    switch (step.kind) {
      case 'claim-vf':
        return this.#journal.claim(step.pf, step.vfIndex, step.attachmentId);
      case 'release-vf':
        return this.#journal.release(step.pf, step.vfIndex, step.attachmentId);
      case 'claim-fdb-entry':
        return this.#journal.claimFdbEntry(step.pf, step.mac);
      case 'release-fdb-entry':
        return this.#journal.releaseFdbEntry(step.pf, step.mac);
      default:
        return this.#host.apply(step);
    }
  }

  /** Draws the conclusion from a failed step. Whether there was one, or the step deserves another try. */
  async #learn(step: Step, error: SriovError, run: Run): Promise<boolean> {
    if (step.kind === 'set-vf' && error.code === 'ATTRIBUTE_UNSUPPORTED') {
      const refused = this.#refusedAttributes.get(step.pf) ?? new Set<VfAttribute>();
      for (const attribute of attributesOf(step)) refused.add(attribute);
      this.#refusedAttributes.set(step.pf, refused);
      return true;
    }
    if (error.code === 'STEP_TIMEOUT')
      this.#timeouts.set(subjectOf(step), (this.#timeouts.get(subjectOf(step)) ?? 0) + 1);
    const key = describeStep(step);
    const count = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, count);
    if (FLEETING.has(error.code) && count === 1) return true;
    if (isFdbStep(step)) {
      const { pf, mac } = step;
      this.#heldEntries.set(subjectOf(step), { pf, mac, error });
      return true;
    }
    if (!isVfStep(step)) return this.#hold(step, error);
    if (isSecuritySetting(step)) return this.#quarantine(step, error);
    return this.#restore(step, error, run);
  }

  /** Leaves a failed step on a PF out of the next rounds. Whether it was not left out before. */
  #hold(step: PfStep, error: SriovError): boolean {
    const held = this.#heldSteps.get(step.pf) ?? new Map<PfStep['kind'], SriovError>();
    const isNew = !held.has(step.kind);
    held.set(step.kind, error);
    // Without these two there is no safe way to another number of VFs.
    if (step.kind === 'set-pf-up' || step.kind === 'set-drivers-autoprobe') held.set('set-num-vfs', error);
    this.#heldSteps.set(step.pf, held);
    return isNew;
  }

  #heldKinds(): ReadonlyMap<PciAddress, ReadonlySet<PfStep['kind']>> {
    return new Map([...this.#heldSteps].map(([pf, held]) => [pf, new Set(held.keys())]));
  }

  /** A failed security setting leaves the VF closed (invariant 5): the next round plans it so. */
  async #quarantine(step: VfStep | VfJournalStep, error: SriovError): Promise<boolean> {
    const claim = this.#journal.claims().find((each) => each.pf === step.pf && each.vfIndex === step.vfIndex);
    if (claim === undefined || claim.quarantine !== null) return false;
    await this.#journal.quarantine(claim.attachmentId, {
      code: isSecuritySetting(step) ? 'SECURITY_SETTING_FAILED' : error.code,
      message: `Cannot open VF ${step.vfIndex} of PF ${step.pf}: ${error.message}`,
    });
    return true;
  }

  /**
   * One setting of a VF failed for good, after others had been set: it gets back what it had, so that nobody runs with
   * half of a change. A VF that was closed before is closed again.
   */
  async #restore(step: VfStep | VfJournalStep, error: SriovError, run: Run): Promise<boolean> {
    const subject = subjectOf(step);
    const before = run.before.get(subject);
    if (step.kind !== 'set-vf' || before === undefined || this.#restored.has(subject)) return false;
    if (!before.wasOpen) return this.#quarantine(step, error);
    this.#restored.set(subject, { step, error, settings: before.settings });
    return true;
  }

  /** What is held back or quarantined looks finished to the plan; the report must say that it is not. */
  #withFailures(current: Plan): Plan {
    const held = [...this.#heldSteps].flatMap(([pf, errors]) =>
      [...new Set(errors.values())].map(({ code, message, hint, details }) => ({
        pf,
        vfIndex: null,
        code,
        message,
        hint,
        details,
      })),
    );
    const heldEntries = [...this.#heldEntries.values()].map(({ pf, mac, error }) => ({
      pf,
      vfIndex: null,
      code: error.code,
      message: error.message,
      hint: error.hint,
      details: { ...error.details, macs: [mac] },
    }));
    const quarantined = this.#journal
      .claims()
      .flatMap(({ pf, vfIndex, quarantine }) =>
        quarantine === null
          ? []
          : [{ pf, vfIndex, ...quarantine, hint: ERROR_TABLE[quarantine.code].hint, details: {} }],
      );
    const restored = [...this.#restored.values()].map(({ step, error }) => ({
      pf: step.pf,
      vfIndex: step.vfIndex,
      code: error.code,
      message: error.message,
      hint: error.hint,
      details: { ...error.details, attribute: attributesOf(step)[0] ?? null },
    }));
    const failed = [...held, ...quarantined, ...restored, ...heldEntries];
    return { ...current, refusals: [...failed, ...current.refusals] };
  }
}

/** One call of `reconcile`. */
interface Run extends ReconcileOptions {
  readonly records: StepRecord[];
  /** What VFs had before they were first touched, by PF and number. */
  readonly before: Map<string, { readonly settings: VfSettings; readonly wasOpen: boolean }>;
}

interface HeldEntry extends FdbClaim {
  readonly error: SriovError;
}

interface Restored {
  readonly step: Extract<Step, { readonly kind: 'set-vf' }>;
  readonly error: SriovError;
  readonly settings: VfSettings;
}

function record(entry: StepRecord, { records, onStep }: Run): void {
  records.push(entry);
  onStep?.(entry);
}

/** What VFs have that are about to be changed. One that gets another owner is closed in between: there is no way back. */
function rememberSettings(steps: readonly Step[], observed: ObservedHost, { before }: Run): void {
  const changeHands = new Set(
    steps.filter((step) => step.kind === 'claim-vf' || step.kind === 'release-vf').map(subjectOf),
  );
  for (const pf of observed.pfs) {
    for (const vf of pf.vfs) {
      const subject = `${pf.pciAddress}/${vf.vfIndex}`;
      if (vf.settings === null || before.has(subject)) continue;
      before.set(subject, { settings: vf.settings, wasOpen: isOpen(vf) && !changeHands.has(subject) });
    }
  }
}

/** Whether its owner had it whole: with a driver, and its link not disabled. */
function isOpen(vf: VirtualFunction): boolean {
  return vf.attachmentId !== null && vf.driver !== null && vf.settings?.linkState !== 'disable';
}

function isSecuritySetting(step: Step): boolean {
  return step.kind === 'set-vf' && attributesOf(step).some((attribute) => SECURITY_ATTRIBUTES.has(attribute));
}

/**
 * Settings of VFs of one PF that follow each other are one group: they are read back together. The link state is what opens
 * a VF, so it waits until the others are known to be right.
 */
function groupSteps(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = [];
  const isGrouped = (step: Step): boolean => step.kind === 'set-vf' && step.setting.attribute !== 'linkState';
  for (const step of steps) {
    const last = groups.at(-1);
    if (
      last !== undefined &&
      isGrouped(step) &&
      last.every((other) => isGrouped(other) && isBeside(other, step))
    )
      last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** Whether two settings are of one PF, and not the same one of a VF. */
function isBeside(a: Step, b: Step): boolean {
  if (a.kind !== 'set-vf' || b.kind !== 'set-vf' || a.pf !== b.pf) return false;
  return a.vfIndex !== b.vfIndex || a.setting.attribute !== b.setting.attribute;
}

/** The VF or the forwarding entry that a step is about, or its PF. */
function subjectOf(step: Step): string {
  if (isFdbStep(step)) return `${step.pf}/${step.mac}`;
  return isVfStep(step) ? `${step.pf}/${step.vfIndex}` : step.pf;
}

function attributesOf(step: Extract<Step, { kind: 'set-vf' }>): readonly VfAttribute[] {
  const { setting } = step;
  if (setting.attribute !== 'rate') return [setting.attribute];
  return setting.value.minTxRateMbps === null ? ['maxTxRateMbps'] : ['minTxRateMbps'];
}
