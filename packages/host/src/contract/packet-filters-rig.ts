import type { NetdevName, PciAddress } from '@virtfn/model';
import type { PacketFilters } from '../packet-filters.ts';

/** Packet filters under test, and what the suite may do to the machine beside the port. */
export interface PacketFiltersRig {
  /** Of the program as it runs now. */
  readonly filters: PacketFilters;
  /** VFs with an interface each; nothing else depends on them. */
  readonly vfs: readonly [RigVf, RigVf];
  /** No filters, and the interfaces as they were at first. */
  reset(): Promise<void>;
  /** Afterwards `filters` is that of another run. */
  restartProgram(): Promise<void>;
  /** All that filters packets on this machine is gone. */
  flushAll(): Promise<void>;
  /** Somebody else changes one rule of a filter. */
  tamperWith(pciAddress: PciAddress): Promise<void>;
  removeNetdev(name: NetdevName): Promise<void>;
  addNetdev(name: NetdevName): Promise<void>;
  renameNetdev(from: NetdevName, to: NetdevName): Promise<void>;
  close(): Promise<void>;
}

export interface RigVf {
  readonly pciAddress: PciAddress;
  readonly netdevName: NetdevName;
}
