import type { AttachmentId, FdbClaim, MacAddress, PciAddress } from '@virtfn/model';
import { ClaimTable } from './claim-table.ts';
import type { Claim, Journal, Quarantine } from './journal.ts';

/** A journal for hosts that are gone with the process, as simulated ones are. */
export class MemoryJournal implements Journal {
  readonly #table = new ClaimTable();

  claims(): readonly Claim[] {
    return this.#table.list();
  }

  async claim(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void> {
    this.#table.claim(pf, vfIndex, attachmentId);
  }

  async release(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void> {
    this.#table.release(pf, vfIndex, attachmentId);
  }

  async quarantine(attachmentId: AttachmentId, quarantine: Quarantine | null): Promise<void> {
    this.#table.quarantine(attachmentId, quarantine);
  }

  fdbClaims(): readonly FdbClaim[] {
    return this.#table.listFdb();
  }

  async claimFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void> {
    this.#table.claimFdb(pf, mac);
  }

  async releaseFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void> {
    this.#table.releaseFdb(pf, mac);
  }
}
