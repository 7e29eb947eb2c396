import type { MacAddress, PciAddress } from '@virtfn/model';
import type { Host } from '../host.ts';

/** A host under test and what the suite may do to it from outside the port. */
export interface HostRig {
  readonly host: Host;
  /** A PF that the suite may use up: nothing else depends on it, and its link is up. */
  readonly pf: PciAddress;
  /** Brings the PF back to no VFs and no entries in its forwarding database, by other means than the port. */
  reset(): Promise<void>;
  /** Lets a process hold a VF (bound to vfio-pci) through VFIO; the result makes it let go. */
  holdByVfio(vfIndex: number): Promise<() => Promise<void>>;
  /** Somebody else makes an entry in the forwarding database of the PF; `reset` takes it away. */
  addOthersFdbEntry(mac: MacAddress): Promise<void>;
  close(): Promise<void>;
}
