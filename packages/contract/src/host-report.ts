import type { Finding, ObservedHost, PciAddress, PhysicalNetwork } from '@virtfn/model';

/** What an agent tells the controller of its host, each time that it has looked. */
export interface HostReport {
  readonly observed: ObservedHost;
  readonly findings: readonly Finding[];
  readonly physicalNetworks: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]>;
}
