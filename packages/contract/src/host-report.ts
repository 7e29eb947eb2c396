import type { Finding, ObservedDomain, ObservedHost, PciAddress, PhysicalNetwork } from '@virtfn/model';

/** A virtual machine of a host. */
export type ReportedMachine = Pick<ObservedDomain, 'domainId' | 'name' | 'state'>;

/** What an agent tells the controller of its host, each time that it has looked. */
export interface HostReport {
  readonly observed: ObservedHost;
  readonly findings: readonly Finding[];
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
  /** Absent: the hypervisor was not asked, or did not answer. */
  readonly machines?: readonly ReportedMachine[];
  /** Whether the host can filter what passes a macvtap port; absent: nobody has tried. */
  readonly canFilter?: boolean;
}
