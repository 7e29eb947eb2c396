import type { Errno } from '@virtfn/host';
import { type HostStep, isFdbStep, type MacAddress, type PciAddress, type VfSetting } from '@virtfn/model';

/** Which steps a fault strikes. What is left out matches all. */
export interface StepMatch {
  readonly kind?: HostStep['kind'];
  readonly pf?: PciAddress;
  readonly vfIndex?: number;
  readonly attribute?: VfSetting['attribute'];
  readonly mac?: MacAddress;
}

export type Fault =
  /** The kernel refuses and nothing happens. */
  | { readonly kind: 'refuse'; readonly match: StepMatch; readonly errno: Errno; readonly times: number }
  /** The change is made, but the answer never comes. */
  | { readonly kind: 'lose-answer'; readonly match: StepMatch; readonly times: number }
  /** The call hangs past its time limit; the change is made later, when nobody waits for it any more. */
  | { readonly kind: 'hang'; readonly match: StepMatch; readonly times: number }
  /** A change is not told. `announced`: the kernel says that it dropped something (ENOBUFS). */
  | { readonly kind: 'lose-event'; readonly announced: boolean; readonly times: number };

function matches(match: StepMatch, step: HostStep): boolean {
  if (match.kind !== undefined && match.kind !== step.kind) return false;
  if (match.pf !== undefined && match.pf !== step.pf) return false;
  if (match.vfIndex !== undefined && !('vfIndex' in step && step.vfIndex === match.vfIndex)) return false;
  if (match.mac !== undefined && !(isFdbStep(step) && step.mac === match.mac)) return false;
  return (
    match.attribute === undefined || (step.kind === 'set-vf' && step.setting.attribute === match.attribute)
  );
}

/** Faults waiting to strike. `times: Infinity` is for good. */
export class FaultInjector {
  #faults: { fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that strikes this step, counted as used. */
  takeForStep(step: HostStep): Exclude<Fault, { kind: 'lose-event' }> | undefined {
    for (const entry of this.#faults) {
      if (entry.left <= 0 || entry.fault.kind === 'lose-event' || !matches(entry.fault.match, step)) continue;
      entry.left -= 1;
      return entry.fault;
    }
    return undefined;
  }

  takeForEvent(): Extract<Fault, { kind: 'lose-event' }> | undefined {
    for (const entry of this.#faults) {
      if (entry.left <= 0 || entry.fault.kind !== 'lose-event') continue;
      entry.left -= 1;
      return entry.fault;
    }
    return undefined;
  }
}
