import {
  type AttachmentId,
  type FdbClaim,
  type MacAddress,
  type PciAddress,
  SriovError,
} from '@virtfn/model';
import type { Claim, Quarantine } from './journal.ts';

/** The claims in memory: the rules of who may have which VF, without a disk. */
export class ClaimTable {
  readonly #claims: Map<string, Claim>;
  readonly #fdbClaims: Map<string, FdbClaim>;

  constructor(
    claims: ReadonlyMap<string, Claim> = new Map(),
    fdbClaims: ReadonlyMap<string, FdbClaim> = new Map(),
  ) {
    this.#claims = new Map(claims);
    this.#fdbClaims = new Map(fdbClaims);
  }

  copy(): ClaimTable {
    return new ClaimTable(this.#claims, this.#fdbClaims);
  }

  list(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  /** Whether anything changed. @throws {SriovError} VF_IN_USE */
  claim(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): boolean {
    const holder = this.#claims.get(key(pf, vfIndex));
    if (holder?.attachmentId === attachmentId) return false;
    if (holder !== undefined) {
      throw new SriovError(
        'VF_IN_USE',
        `Cannot give VF ${vfIndex} of PF ${pf} to attachment ${attachmentId}: attachment ${holder.attachmentId} has it`,
        { details: { pf, vfIndex, holder: holder.attachmentId } },
      );
    }
    this.#claims.set(key(pf, vfIndex), { pf, vfIndex, attachmentId, quarantine: null });
    return true;
  }

  /** Whether anything changed: a claim that is gone already is no error. @throws {SriovError} ATTACHMENT_STALE */
  release(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): boolean {
    const holder = this.#claims.get(key(pf, vfIndex));
    if (holder === undefined) return false;
    if (holder.attachmentId !== attachmentId) {
      throw new SriovError(
        'ATTACHMENT_STALE',
        `Cannot release VF ${vfIndex} of PF ${pf} for attachment ${attachmentId}: it belongs to ${holder.attachmentId} by now`,
        { details: { pf, vfIndex, holder: holder.attachmentId } },
      );
    }
    return this.#claims.delete(key(pf, vfIndex));
  }

  /** Whether anything changed. */
  quarantine(attachmentId: AttachmentId, quarantine: Quarantine | null): boolean {
    for (const [at, claim] of this.#claims) {
      if (claim.attachmentId !== attachmentId) continue;
      this.#claims.set(at, { ...claim, quarantine });
      return true;
    }
    return false;
  }

  listFdb(): readonly FdbClaim[] {
    return [...this.#fdbClaims.values()];
  }

  /** Whether anything changed. */
  claimFdb(pf: PciAddress, mac: MacAddress): boolean {
    const isNew = !this.#fdbClaims.has(`${pf}/${mac}`);
    if (isNew) this.#fdbClaims.set(`${pf}/${mac}`, { pf, mac });
    return isNew;
  }

  /** Whether anything changed. */
  releaseFdb(pf: PciAddress, mac: MacAddress): boolean {
    return this.#fdbClaims.delete(`${pf}/${mac}`);
  }
}

function key(pf: PciAddress, vfIndex: number): string {
  return `${pf}/${vfIndex}`;
}
