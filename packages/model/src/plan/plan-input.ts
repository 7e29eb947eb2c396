import type { MacAddress } from '../ethernet/index.ts';
import type { AttachmentId } from '../names/index.ts';
import type { PciAddress } from '../pci/index.ts';
import type { DesiredPf } from '../desired/index.ts';
import type { DriverCapability } from '../drivers/index.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { EswitchMode, PhysicalFunction } from '../inventory/index.ts';

/** Who may lose a VF by this plan. */
export interface PlanContext {
  readonly releases: ReadonlySet<string>;
  readonly evict: ReadonlySet<string>;
  readonly reloadDriver: boolean;
  /** Attachments of VFs that are not there, by PF and index (`vfKey`). */
  readonly orphans: ReadonlyMap<string, AttachmentId>;
  /** Entries of forwarding databases that are ours, there or not. */
  readonly fdbClaims: ReadonlyMap<PciAddress, ReadonlySet<MacAddress>>;
}

export function vfKey(pf: PciAddress, vfIndex: number): string {
  return `${pf}/${vfIndex}`;
}

/** Whether the request lets this attachment lose its VF: it releases it, or names it to be evicted. */
export function mayLose(context: PlanContext, attachmentId: AttachmentId): boolean {
  return context.releases.has(attachmentId) || context.evict.has(`attachment ${attachmentId}`);
}

/** What came of planning the load of a driver, for one of its PFs. */
export type ReloadPlan =
  /** The step is planned: the PF will have new VFs. */
  | { readonly kind: 'reloaded' }
  /** The number is as wanted, or stays as it is because of a refusal. */
  | { readonly kind: 'stays'; readonly refusedBy: ErrorCode | null };

/** What planning one PF reads. `mode` and `capability` are those that hold once the plan is done. */
export interface PfPlanInput {
  readonly desired: DesiredPf;
  readonly pf: PhysicalFunction;
  readonly context: PlanContext;
  readonly mode: EswitchMode | null;
  readonly capability: DriverCapability;
  /** null: the number of VFs goes by sysfs. */
  readonly reload: ReloadPlan | null;
}
