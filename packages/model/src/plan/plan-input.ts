import type { DesiredPf } from '../desired/index.ts';
import type { DriverCapability } from '../drivers/index.ts';
import type { EswitchMode, PhysicalFunction } from '../inventory/index.ts';

/** Who may lose a VF by this plan. */
export interface PlanContext {
  readonly releases: ReadonlySet<string>;
  readonly evict: ReadonlySet<string>;
}

/** What planning one PF reads. `mode` and `capability` are those that hold once the plan is done. */
export interface PfPlanInput {
  readonly desired: DesiredPf;
  readonly pf: PhysicalFunction;
  readonly context: PlanContext;
  readonly mode: EswitchMode | null;
  readonly capability: DriverCapability;
}
