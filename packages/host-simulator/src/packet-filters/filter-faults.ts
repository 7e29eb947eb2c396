import type { FilterStep, PciAddress } from '@virtfn/model';

/** Which steps a fault strikes. What is left out matches all. */
export interface FilterStepMatch {
  readonly kind?: FilterStep['kind'];
  readonly pciAddress?: PciAddress;
}

export type FilterFault =
  /** There is no nft, or the kernel cannot filter. Strikes looks, too. */
  | { readonly kind: 'unavailable'; readonly times: number }
  /** The kernel refuses and nothing happens. */
  | { readonly kind: 'refuse'; readonly match: FilterStepMatch; readonly times: number }
  /** No answer comes in time, and the change was made. */
  | { readonly kind: 'lose-answer'; readonly match: FilterStepMatch; readonly times: number }
  /** Neither is it made, nor does an answer come. */
  | { readonly kind: 'lose-request'; readonly match: FilterStepMatch; readonly times: number }
  /** A look gets no answer in time. */
  | { readonly kind: 'lose-look'; readonly times: number };

type StepFault = Exclude<FilterFault, { readonly kind: 'lose-look' }>;
type LookFault = Extract<FilterFault, { readonly kind: 'lose-look' | 'unavailable' }>;

/** Faults waiting to strike. `times: Infinity` is for good. */
export class FilterFaults {
  #faults: { readonly fault: FilterFault; left: number }[] = [];

  inject(fault: FilterFault): void {
    this.#faults.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that strikes this step, counted as used. */
  takeForStep(step: FilterStep): StepFault | null {
    return this.#take((fault): fault is StepFault => fault.kind !== 'lose-look' && strikes(fault, step));
  }

  takeForLook(): LookFault | null {
    return this.#take(
      (fault): fault is LookFault => fault.kind === 'lose-look' || fault.kind === 'unavailable',
    );
  }

  #take<Kind extends FilterFault>(isMeant: (fault: FilterFault) => fault is Kind): Kind | null {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (entry.left <= 0 || !isMeant(fault)) continue;
      entry.left -= 1;
      return fault;
    }
    return null;
  }
}

function strikes(fault: StepFault, step: FilterStep): boolean {
  if (fault.kind === 'unavailable') return true;
  const { kind = step.kind, pciAddress = step.pciAddress } = fault.match;
  return kind === step.kind && pciAddress === step.pciAddress;
}
