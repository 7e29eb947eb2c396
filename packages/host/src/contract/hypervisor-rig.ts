import type { DomainId, InterfaceSource, MacAddress } from '@virtfn/model';
import type { Hypervisor } from '../hypervisor.ts';

/** Virtual machines under test, and what the suite may do to one of them as its owner does, beside the port. */
export interface HypervisorRig {
  readonly hypervisor: Hypervisor;
  /** The machine that the suite has for itself: defined, shut off, without an interface; its guest knows how to plug. */
  readonly domainId: DomainId;
  readonly name: string;
  /** How many devices it can be given while it runs. */
  readonly slots: number;
  /** What may be plugged into it at the same time. The first is a VF. */
  readonly sources: readonly [Extract<InterfaceSource, { kind: 'vf' }>, ...InterfaceSource[]];
  /** Something without a limit of how many interfaces are on it at once. */
  readonly bridge: Extract<InterfaceSource, { kind: 'bridge' }>;
  /** The MAC that the PF has for that VF. */
  readVfMac(): Promise<MacAddress | null>;
  /** Starts it, and waits until its guest takes notice of devices. */
  start(): Promise<void>;
  /** Ends it at once. */
  destroy(): Promise<void>;
  /** Forgets its configuration; it may run on. */
  undefine(): Promise<void>;
  /** A deaf guest runs on and gives no device back; one that hears again does what it was asked meanwhile. */
  setDeaf(isDeaf: boolean): Promise<void>;
  /** Lets time pass, milliseconds. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}
