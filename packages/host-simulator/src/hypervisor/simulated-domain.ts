import type { DomainId, DomainInterface, DomainState } from '@virtfn/model';

/**
 * How a guest answers when it is asked to give a device back: in a moment, after a long while, never while it runs, or
 * by falling over.
 */
export type GuestManner = 'willing' | 'slow' | 'silent' | 'crashing';

export interface SimulatedDomainOptions {
  /** One that no other machine of the fleet has; without it, one that no other of this host has. */
  readonly domainId?: DomainId;
  readonly guest?: GuestManner;
  /** PCIe slots for devices. */
  readonly slots?: number;
  /** Whether its memory may be locked, which a device that writes to it needs. */
  readonly memlock?: 'enough' | 'low';
  /** A transient domain is gone once it stops. */
  readonly isPersistent?: boolean;
}

/** A device in a running machine. */
export interface LiveDevice {
  readonly interface: DomainInterface;
  /** Takes it off the host's side again: the VF gets back what libvirt found when it plugged it. */
  readonly unplug: () => void;
  /** The guest was asked to give it back. */
  isLeaving: boolean;
}

export interface SimulatedDomain {
  readonly domainId: DomainId;
  readonly name: string;
  readonly slots: number;
  readonly memlock: 'enough' | 'low';
  isPersistent: boolean;
  guest: GuestManner;
  state: DomainState;
  live: readonly LiveDevice[];
  config: readonly DomainInterface[];
  /** Counts starts, so that a late answer of a guest does not reach its next life. */
  runs: number;
}

/** How long a willing guest takes, and a slow one. Virtual milliseconds. */
export const ANSWER_MS = { willing: 50, slow: 20_000, crashing: 50 } as const;
