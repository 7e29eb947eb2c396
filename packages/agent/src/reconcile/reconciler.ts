import type { Host } from '@virtfn/host';
import {
  describeStep,
  type DesiredHost,
  ERROR_TABLE,
  type ErrorCode,
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
} from '@virtfn/model';
import type { Journal } from '../journal/index.ts';
import { desiredWithJournal, withJournal } from './merge-journal.ts';

/** One step that was tried, for the audit log. */
export interface StepRecord {
  readonly step: Step;
  readonly error: SriovError | null;
}

export interface ReconcileReport {
  /** The host as it was read last, with owners. */
  readonly observed: ObservedHost;
  /** The last plan. `steps` is empty when the host is as wanted, apart from `refusals`. */
  readonly plan: Plan;
  readonly records: readonly StepRecord[];
}

/** Looks at most this often in one go; what is left then is left to the back-off. */
const MAX_ROUNDS = 20;

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
  readonly #onStep: (record: StepRecord) => void;
  readonly #refusedAttributes = new Map<PciAddress, Set<VfAttribute>>();
  readonly #heldSteps = new Map<PciAddress, Map<PfStep['kind'], SriovError>>();
  readonly #failures = new Map<string, number>();
  readonly #timeouts = new Map<string, number>();

  /** `onStep` is told of each step as it is done or failed. */
  constructor(host: Host, journal: Journal, onStep: (record: StepRecord) => void = () => {}) {
    this.#host = host;
    this.#journal = journal;
    this.#onStep = onStep;
  }

  /**
   * @param desired the full desired state; without one nothing may be changed (invariant 8)
   * @throws {SriovError} what `Host.observe` and the journal throw; failed steps are in the report instead
   */
  async reconcile(desired: DesiredHost): Promise<ReconcileReport> {
    const records: StepRecord[] = [];
    this.#failures.clear();
    this.#timeouts.clear();
    for (let round = 1; ; round += 1) {
      const { observed, current } = await this.#plan(desired);
      if (current.steps.length === 0 || round > MAX_ROUNDS) {
        return { observed, plan: this.#withFailures(current), records };
      }
      const progressed = await this.#applyAll(current.steps, observed, records);
      if (!progressed) {
        const last = await this.#plan(desired);
        return { observed: last.observed, plan: this.#withFailures(last.current), records };
      }
    }
  }

  /** Gives what failed before another chance: quarantined VFs and steps on PFs. */
  async forgive(): Promise<void> {
    this.#heldSteps.clear();
    for (const claim of this.#journal.claims()) {
      if (claim.quarantine !== null) await this.#journal.quarantine(claim.attachmentId, null);
    }
  }

  async #plan(desired: DesiredHost): Promise<{ observed: ObservedHost; current: Plan }> {
    const claims = this.#journal.claims();
    const learnt = {
      refusedAttributes: this.#refusedAttributes,
      heldSteps: this.#heldKinds(),
    };
    const observed = withJournal(await this.#host.observe(), claims, learnt);
    return { observed, current: plan(desiredWithJournal(desired, observed, claims, learnt), observed) };
  }

  /** Whether the next round may find something else than this one. */
  async #applyAll(steps: readonly Step[], observed: ObservedHost, records: StepRecord[]): Promise<boolean> {
    const failed = new Set<string>();
    let progressed = false;
    for (const step of steps) {
      // What comes after a failed step on the same VF or PF was planned on its success.
      if (failed.has(step.pf) || failed.has(subjectOf(step)) || this.#isStuck(step)) continue;
      try {
        await this.#applyStep(step);
        this.#record({ step, error: null }, records);
        progressed = true;
      } catch (thrown) {
        const error = toSriovError(thrown);
        this.#record({ step, error }, records);
        failed.add(subjectOf(step));
        if (await this.#learn(step, error, observed)) progressed = true;
        // Nobody knows what the step did or will still do, so the rest of this plan is worth nothing.
        if (error.code === 'STEP_TIMEOUT') return true;
      }
    }
    return progressed;
  }

  #record(record: StepRecord, records: StepRecord[]): void {
    records.push(record);
    this.#onStep(record);
  }

  /** What would be done now, without doing it. @throws {SriovError} what `Host.observe` throws */
  async planOnly(desired: DesiredHost): Promise<{ readonly observed: ObservedHost; readonly plan: Plan }> {
    const { observed, current } = await this.#plan(desired);
    return { observed, plan: this.#withFailures(current) };
  }

  /** Whether the step's VF or PF did not answer twice: it is left alone for now, so that its neighbours get their turn. */
  #isStuck(step: Step): boolean {
    return (this.#timeouts.get(subjectOf(step)) ?? 0) > 1 || (this.#timeouts.get(step.pf) ?? 0) > 1;
  }

  async #applyStep(step: Step): Promise<void> {
    switch (step.kind) {
      case 'claim-vf':
        return this.#journal.claim(step.pf, step.vfIndex, step.attachmentId);
      case 'release-vf':
        return this.#journal.release(step.pf, step.vfIndex, step.attachmentId);
      default:
        return this.#host.apply(step);
    }
  }

  /** Draws the conclusion from a failed step. Whether there was one, or the step deserves another try. */
  async #learn(step: Step, error: SriovError, observed: ObservedHost): Promise<boolean> {
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
    if (!isVfStep(step)) return this.#hold(step, error);
    return this.#quarantineIfUnsafe(step, error, observed);
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
  async #quarantineIfUnsafe(step: Step, error: SriovError, observed: ObservedHost): Promise<boolean> {
    if (step.kind !== 'set-vf' || !attributesOf(step).some((attribute) => SECURITY_ATTRIBUTES.has(attribute)))
      return false;
    const pf = observed.pfs.find((each) => each.pciAddress === step.pf);
    const claim = this.#journal.claims().find((each) => each.pf === step.pf && each.vfIndex === step.vfIndex);
    if (pf === undefined || claim === undefined || claim.quarantine !== null) return false;
    await this.#journal.quarantine(claim.attachmentId, {
      code: 'SECURITY_SETTING_FAILED',
      message: `Cannot open VF ${step.vfIndex} of PF ${step.pf}: ${error.message}`,
    });
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
    const quarantined = this.#journal
      .claims()
      .flatMap(({ pf, vfIndex, quarantine }) =>
        quarantine === null
          ? []
          : [{ pf, vfIndex, ...quarantine, hint: ERROR_TABLE[quarantine.code].hint, details: {} }],
      );
    return { ...current, refusals: [...held, ...quarantined, ...current.refusals] };
  }
}

/** The VF that a step is about, or its PF. */
function subjectOf(step: Step): string {
  return isVfStep(step) ? `${step.pf}/${step.vfIndex}` : step.pf;
}

function attributesOf(step: Extract<Step, { kind: 'set-vf' }>): readonly VfAttribute[] {
  const { setting } = step;
  if (setting.attribute !== 'rate') return [setting.attribute];
  return setting.value.minTxRateMbps === null ? ['maxTxRateMbps'] : ['minTxRateMbps'];
}
