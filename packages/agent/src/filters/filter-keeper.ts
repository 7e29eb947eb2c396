import type { PacketFilters } from '@virtfn/host';
import {
  type AttachmentId,
  type FilterStep,
  findPf,
  type ObservedFilter,
  type ObservedHost,
  type PciAddress,
  planFilters,
  type PortFilter,
  SriovError,
  toSriovError,
  type VfRef,
  type VirtualFunction,
  type WantedFilter,
} from '@virtfn/model';

/** A filter that a port is to have wherever its VF is. */
export interface FilterWish {
  readonly attachmentId: AttachmentId;
  readonly vf: VfRef;
  readonly filter: PortFilter;
}

/** Attachments that have not got their filter, with the reason. */
export type FilterFailures = ReadonlyMap<AttachmentId, SriovError>;

/** What is wanted of the filters of a host. */
export interface WantedFilters {
  readonly filters: readonly FilterWish[];
  /** Attachments that are wanted, with a filter or without. Any other one that has a VF keeps its filter until it is closed. */
  readonly attached: ReadonlySet<AttachmentId>;
}

interface Wish {
  readonly attachmentId: AttachmentId;
  readonly wanted: WantedFilter;
}

/** Brings the packet filters of one host to what its ports want. */
export class FilterKeeper {
  readonly #filters: PacketFilters;
  /** null: not tried yet. */
  #canFilter: boolean | null = null;
  #mayBeThere = true;
  #isKeeping = false;

  constructor(filters: PacketFilters) {
    this.#filters = filters;
  }

  /** Whether this host can filter at all; null: nobody has tried. Tried once, and again whenever a port wants a filter. */
  get canFilter(): boolean | null {
    return this.#canFilter;
  }

  /** Tells that somebody else may have changed filters. Returns how to stop. */
  watch(listener: () => void): () => void {
    return this.#filters.watch(() => {
      // What is done here is told, too, and is no reason to look again.
      if (!this.#isKeeping) listener();
    });
  }

  /** Sets what is wanted on VFs that are there, reads it back, and takes away what no attachment has any more. */
  async keep({ filters, attached }: WantedFilters, observed: ObservedHost): Promise<FilterFailures> {
    const failures = new Map<AttachmentId, SriovError>();
    if (filters.length === 0 && !this.#mayBeThere) return failures;
    const wishes = filters.flatMap((wish) => wishOn(wish, observed, failures));
    const kept = keptFilters(observed, attached);
    this.#isKeeping = true;
    try {
      const there = await this.#filters.observe();
      const steps = stepsFor(wishes, there, kept);
      // A failure is of one VF, and the others are served all the same.
      for (const [at, error] of (await this.#filters.applyAll(steps)).entries()) {
        const step = steps[at];
        if (step === undefined || error === null) continue;
        for (const attachmentId of wantedAt(step.pciAddress, wishes)) failures.set(attachmentId, error);
      }
      const after = steps.length === 0 ? there : await this.#filters.observe();
      for (const step of stepsFor(wishes, after, kept)) noteUndone(step, wishes, failures);
      this.#canFilter = true;
      this.#mayBeThere = after.length > 0;
    } catch (thrown) {
      const error = toSriovError(thrown);
      if (error.code === 'FILTERS_UNAVAILABLE') this.#canFilter = false;
      // Where nothing can be filtered, no filter is left either.
      this.#mayBeThere = error.code !== 'FILTERS_UNAVAILABLE';
      for (const { attachmentId } of wishes) failures.set(attachmentId, error);
    } finally {
      this.#isKeeping = false;
    }
    return failures;
  }
}

/** A VF that its attachment has by now. One that is still to be set up is not ready for other reasons. */
function wishOn(
  { attachmentId, vf: place, filter }: FilterWish,
  observed: ObservedHost,
  failures: Map<AttachmentId, SriovError>,
): readonly Wish[] {
  const vf = findVf(observed, place);
  if (vf?.attachmentId !== attachmentId) return [];
  const { pciAddress, netdevName } = vf;
  if (netdevName === null) {
    const found =
      vf.driver === null ? 'it has no driver' : `its driver ${vf.driver} makes no network interface`;
    failures.set(
      attachmentId,
      new SriovError('FILTER_REFUSED', `Cannot filter packets on VF ${pciAddress}: ${found}`),
    );
    return [];
  }
  return [{ attachmentId, wanted: { pciAddress, netdevName, filter } }];
}

function findVf(observed: ObservedHost, { pf, vfIndex }: VfRef): VirtualFunction | undefined {
  return findPf(observed, pf)?.vfs.find((each) => each.vfIndex === vfIndex);
}

/** VFs whose attachment nobody speaks of: it is going, or nobody knows yet what is wanted. */
function keptFilters(observed: ObservedHost, attached: ReadonlySet<AttachmentId>): ReadonlySet<PciAddress> {
  const vfs = observed.pfs.flatMap((pf) => pf.vfs);
  return new Set(
    vfs
      .filter(({ attachmentId }) => attachmentId !== null && !attached.has(attachmentId))
      .map(({ pciAddress }) => pciAddress),
  );
}

function stepsFor(
  wishes: readonly Wish[],
  there: readonly ObservedFilter[],
  kept: ReadonlySet<PciAddress>,
): readonly FilterStep[] {
  const steps = planFilters(
    wishes.map(({ wanted }) => wanted),
    there,
  );
  return steps.filter((step) => step.kind !== 'remove-filter' || !kept.has(step.pciAddress));
}

function wantedAt(pciAddress: PciAddress, wishes: readonly Wish[]): readonly AttachmentId[] {
  return wishes
    .filter(({ wanted }) => wanted.pciAddress === pciAddress)
    .map(({ attachmentId }) => attachmentId);
}

function noteUndone(
  step: FilterStep,
  wishes: readonly Wish[],
  failures: Map<AttachmentId, SriovError>,
): void {
  for (const attachmentId of wantedAt(step.pciAddress, wishes)) {
    if (failures.has(attachmentId)) continue;
    const message = `Cannot filter packets on VF ${step.pciAddress}: the filter that was set is not what is read back`;
    failures.set(attachmentId, new SriovError('READ_BACK_DIFFERS', message));
  }
}
