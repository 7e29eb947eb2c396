import type { HostReport } from '../host-report.ts';

/** A host as its agent reported it last. */
export interface ReportedHost extends HostReport {
  readonly reportedAt: Date;
}

/** Hosts as they were reported, and whether that is so now. */
export interface ReportedHosts {
  /** By name. */
  reports(): readonly ReportedHost[];
  /** Whether it was heard of lately; of a host that was not, nothing that is shown is sure. */
  isAlive(hostId: string): boolean;
  /** Since when its agent has no session; null: it has one, or needs none. */
  lostAt(hostId: string): Date | null;
}
