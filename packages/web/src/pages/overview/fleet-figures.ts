import type { HostRow } from '../../fleet/index.ts';

/** How VFs stand. Together they are all that are enabled. */
export interface VfFigures {
  readonly free: number;
  readonly inUse: number;
  /** They stay closed until their settings can be made. */
  readonly quarantined: number;
  /** Of hosts that are not heard of: nobody knows whether they are free. */
  readonly unknown: number;
}

/** A fleet in figures. */
export interface FleetFigures {
  readonly alive: number;
  readonly gone: number;
  readonly nics: number;
  readonly pfs: number;
  readonly vfs: VfFigures;
  /** VFs that there could be. */
  readonly possible: number;
  readonly findings: number;
}

/** Of one host. Pure. */
export function vfFigures({ summary: { vfs }, isAlive }: HostRow): VfFigures {
  const { enabled, inUse, quarantined } = vfs;
  if (!isAlive) return { free: 0, inUse: 0, quarantined: 0, unknown: enabled };
  // A VF that is quarantined has an owner all the same.
  return { free: enabled - inUse, inUse: inUse - quarantined, quarantined, unknown: 0 };
}

/** Of all hosts together. Pure. */
export function fleetFigures(rows: readonly HostRow[]): FleetFigures {
  const sum = (of: (row: HostRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const alive = sum(({ isAlive }) => (isAlive ? 1 : 0));
  return {
    alive,
    gone: rows.length - alive,
    nics: sum(({ summary }) => summary.nics),
    pfs: sum(({ summary }) => summary.pfs),
    vfs: {
      free: sum((row) => vfFigures(row).free),
      inUse: sum((row) => vfFigures(row).inUse),
      quarantined: sum((row) => vfFigures(row).quarantined),
      unknown: sum((row) => vfFigures(row).unknown),
    },
    possible: sum(({ summary }) => summary.vfs.possible),
    findings: sum(({ summary }) => summary.findings),
  };
}
