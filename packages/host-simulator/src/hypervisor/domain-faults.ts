import type { DomainScope, DomainStep } from '@virtfn/model';

/** Which steps a fault strikes. What is left out matches all. */
export interface DomainStepMatch {
  readonly kind?: DomainStep['kind'];
  readonly scope?: DomainScope;
}

export type DomainFault =
  /** libvirt refuses and nothing happens. */
  | { readonly kind: 'refuse'; readonly match: DomainStepMatch; readonly times: number }
  /** The change is made, but the answer never comes. */
  | { readonly kind: 'lose-answer'; readonly match: DomainStepMatch; readonly times: number }
  /** Neither is it made, nor does an answer come. */
  | { readonly kind: 'lose-request'; readonly match: DomainStepMatch; readonly times: number }
  /** A migration breaks in the middle, or is not taken. */
  | { readonly kind: 'break-migration'; readonly times: number }
  /** A change is not told; the connection notices nothing. */
  | { readonly kind: 'lose-event'; readonly times: number };

type StepFault = Extract<DomainFault, { readonly match: DomainStepMatch }>;

/** Faults waiting to strike. `times: Infinity` is for good. */
export class DomainFaults {
  #faults: { readonly fault: DomainFault; left: number }[] = [];

  inject(fault: DomainFault): void {
    this.#faults.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that strikes this step, counted as used. */
  takeForStep(step: DomainStep): StepFault | null {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (entry.left <= 0 || !('match' in fault) || !matches(fault.match, step)) continue;
      entry.left -= 1;
      return fault;
    }
    return null;
  }

  /** Whether an event is lost now. */
  takeForEvent(): boolean {
    return this.#take('lose-event');
  }

  takeForMigration(): boolean {
    return this.#take('break-migration');
  }

  #take(kind: 'lose-event' | 'break-migration'): boolean {
    const entry = this.#faults.find(({ fault, left }) => fault.kind === kind && left > 0);
    if (entry !== undefined) entry.left -= 1;
    return entry !== undefined;
  }
}

function matches({ kind, scope }: DomainStepMatch, step: DomainStep): boolean {
  return (kind ?? step.kind) === step.kind && (scope ?? step.scope) === step.scope;
}
