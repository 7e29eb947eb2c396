import type { DesiredHost, DesiredPf } from '../desired/index.ts';
import { capabilityOfDriver, type ModuleOption } from '../drivers/index.ts';
import type { ObservedHost, PhysicalFunction } from '../inventory/index.ts';
import type { PciAddress } from '../pci/index.ts';
import { type Refusal, refusal } from './plan.ts';
import type { PlanContext, ReloadPlan } from './plan-input.ts';
import { removalBlockers } from './removal-blockers.ts';
import type { Step } from './step.ts';

/** PFs whose number of VFs is one option of one module. */
interface Group {
  readonly moduleOption: ModuleOption;
  readonly wanted: readonly DesiredPf[];
  /** All that the module drives, wanted or not: they go away together. */
  readonly pfs: readonly PhysicalFunction[];
}

/** The option that sets the number of VFs of this PF; null: sysfs does. */
function moduleOptionOf(desired: DesiredPf, pf: PhysicalFunction | undefined): ModuleOption | null {
  if (desired.moduleOption !== null) return desired.moduleOption;
  const driver = pf?.driver ?? null;
  if (driver === null) return null;
  const { vfCount, vfCountOption } = capabilityOfDriver(driver);
  return vfCount === 'module-option' && vfCountOption !== null
    ? { module: driver, option: vfCountOption }
    : null;
}

function groupsOf(desired: DesiredHost, observed: ObservedHost): readonly Group[] {
  const groups = new Map<string, { moduleOption: ModuleOption; wanted: DesiredPf[] }>();
  const byAddress = new Map(observed.pfs.map((pf) => [pf.pciAddress, pf]));
  for (const pf of desired.pfs) {
    const moduleOption = moduleOptionOf(pf, byAddress.get(pf.pf));
    if (moduleOption === null || !byAddress.has(pf.pf)) continue;
    const group = groups.get(moduleOption.module) ?? { moduleOption, wanted: [] };
    group.wanted.push(pf);
    groups.set(moduleOption.module, group);
  }
  return [...groups.values()].map((group) => {
    const wanted = new Set(group.wanted.map(({ pf }) => pf));
    return {
      ...group,
      pfs: observed.pfs.filter(
        (pf) => pf.driver === group.moduleOption.module || (pf.driver === null && wanted.has(pf.pciAddress)),
      ),
    };
  });
}

/**
 * Plans drivers that take their number of VFs only when they are loaded. Loading one anew takes down every card that it
 * drives, so the plan names them all, and refuses while one carries the default route or has a VF that is in use.
 */
export function planReloads(
  desired: DesiredHost,
  observed: ObservedHost,
  context: PlanContext,
  steps: Step[],
  refusals: Refusal[],
): ReadonlyMap<PciAddress, ReloadPlan> {
  const plans = new Map<PciAddress, ReloadPlan>();
  for (const group of groupsOf(desired, observed)) {
    const refused = planGroup(group, context, steps);
    if (refused !== null && refused !== 'reload') refusals.push(refused);
    for (const { pf } of group.wanted) {
      plans.set(
        pf,
        refused === 'reload' ? { kind: 'reloaded' } : { kind: 'stays', refusedBy: refused?.code ?? null },
      );
    }
  }
  return plans;
}

/** null: nothing to do. */
function planGroup(group: Group, context: PlanContext, steps: Step[]): Refusal | 'reload' | null {
  const { moduleOption, wanted, pfs } = group;
  const [first] = wanted;
  if (first === undefined) return null;
  const { numVfs } = first;
  const other = wanted.find((each) => each.numVfs !== numVfs);
  if (other !== undefined) {
    const message = `Cannot set ${other.numVfs} VFs on PF ${other.pf} and ${numVfs} on PF ${first.pf}: driver ${moduleOption.module} has one number for all its PFs`;
    return refusal(other, 'DESIRED_CONFLICT', message);
  }
  const isWanted = (pf: PciAddress): boolean => wanted.some((each) => each.pf === pf);
  const isThere = pfs.every(
    (pf) => !isWanted(pf.pciAddress) || (pf.driver === moduleOption.module && pf.numVfs === numVfs),
  );
  if (isThere) return null;
  const blockers = pfs.flatMap((pf) => [
    ...(pf.carriesDefaultRoute ? [`${nameOf(pf)}, which carries the default route`] : []),
    ...removalBlockers(wanted.find((each) => each.pf === pf.pciAddress)?.vfs ?? [], pf, context).map(
      (blocker) => `${nameOf(pf)}: ${blocker}`,
    ),
  ]);
  const what = `Cannot set ${numVfs} VFs on PF ${first.pf}: driver ${moduleOption.module} takes the number by its option ${moduleOption.option} only, and loading it anew takes down`;
  if (blockers.length > 0)
    return refusal(first, 'VFS_IN_USE', `${what} ${blockers.join('; ')}`, { blockers });
  if (!context.reloadDriver) {
    return refusal(first, 'DRIVER_RELOAD_NEEDED', `${what} ${pfs.map(nameOf).join(', ')}`, {
      pfs: pfs.map((pf) => pf.pciAddress),
    });
  }
  for (const pf of pfs) {
    if (numVfs > 0 && pf.driversAutoprobe)
      steps.push({ kind: 'set-drivers-autoprobe', pf: pf.pciAddress, enabled: false });
  }
  steps.push({
    kind: 'reload-driver',
    pf: first.pf,
    moduleOption,
    numVfs,
    pfs: pfs.map((pf) => pf.pciAddress),
  });
  return 'reload';
}

function nameOf({ netdevName, pciAddress }: PhysicalFunction): string {
  return netdevName === null ? pciAddress : `${netdevName} (${pciAddress})`;
}
