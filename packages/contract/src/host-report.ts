import type { DriftDocument } from './v1/schemas.ts';
import type {
  AttachmentId,
  Finding,
  ObservedDomain,
  ObservedHost,
  PciAddress,
  PhysicalNetwork,
} from '@virtfn/model';

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
  /** What differs from what is wanted of the host; absent: nothing is wanted of it. */
  readonly drift?: readonly DriftDocument[];
  /** Attachments whose VF stays closed, as a setting of theirs failed; absent: the host is only looked at. */
  readonly quarantined?: readonly AttachmentId[];
}
