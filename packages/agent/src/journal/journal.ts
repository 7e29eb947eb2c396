import type { AttachmentId, ErrorCode, FdbClaim, MacAddress, PciAddress } from '@virtfn/model';

/** A VF that this agent has taken for an attachment. */
export interface Claim {
  readonly pf: PciAddress;
  readonly vfIndex: number;
  readonly attachmentId: AttachmentId;
  /** Why the VF must stay closed; null while nothing is wrong. */
  readonly quarantine: Quarantine | null;
}

export interface Quarantine {
  readonly code: ErrorCode;
  readonly message: string;
}

/**
 * What the agent must not forget: whose each VF is, and which forwarding entries of PFs it made. The kernel has no place for it. Every call is on disk when its
 * promise resolves, so that a kill at any line leaves either the state before or the one after.
 */
export interface Journal {
  claims(): readonly Claim[];
  /** @throws {SriovError} VF_IN_USE when the VF belongs to another attachment */
  claim(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void>;
  /** Compare-and-set. @throws {SriovError} ATTACHMENT_STALE when the VF belongs to another attachment by now */
  release(pf: PciAddress, vfIndex: number, attachmentId: AttachmentId): Promise<void>;
  /** Marks the claim, or with null takes the mark away. Does nothing for a claim that is gone. */
  quarantine(attachmentId: AttachmentId, quarantine: Quarantine | null): Promise<void>;
  fdbClaims(): readonly FdbClaim[];
  /** Idempotent. */
  claimFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void>;
  /** Idempotent. */
  releaseFdbEntry(pf: PciAddress, mac: MacAddress): Promise<void>;
}
