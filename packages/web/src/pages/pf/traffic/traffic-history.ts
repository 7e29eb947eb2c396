import type { TrafficDocument } from '@virtfn/contract';

type PfTraffic = TrafficDocument['pfs'][number];
type Counters = PfTraffic['own'];

/** What passes, Mbit/s. `rx`: what the VF or the interface receives. */
export interface Rate {
  readonly rx: number;
  readonly tx: number;
}

/** What passed a PF between two readings. */
export interface Sample {
  /** When it was read, milliseconds since 1970. */
  readonly at: number;
  /** null: it has begun to count anew. */
  readonly own: Rate | null;
  /** By VF number; of those that are not here nobody knows. */
  readonly vfs: ReadonlyMap<number, Rate>;
  /** VFs that are counted, and that began to count anew. */
  readonly unknown: ReadonlySet<number>;
}

/** Readings of a PF, as rates. */
export interface TrafficHistory {
  /** null: nothing was read yet. */
  readonly last: PfTraffic | null;
  /** When that was read, by the clock of who looks: hosts have others. Milliseconds since 1970. */
  readonly heardAt: number;
  /** The oldest first. null: for a moment nobody knew, so that no line is drawn over it. */
  readonly samples: readonly (Sample | { readonly at: number; readonly vfs: null })[];
}

export const NO_TRAFFIC: TrafficHistory = { last: null, heardAt: 0, samples: [] };

/** Five minutes, at a reading a second. */
const MOST_SAMPLES = 300;
/** The same reading again, or one of the same moment. */
const LEAST_APART_MS = 200;
/** Between readings so far apart what passed is known, and when is not. */
const MOST_APART_MS = 5000;

/** The history with one more reading, heard at `at`. Pure. */
export function withReading(history: TrafficHistory, reading: PfTraffic, at: number): TrafficHistory {
  const { last, samples } = history;
  const after = { last: reading, heardAt: at };
  if (last === null) return { ...after, samples };
  const ms = reading.clockMs - last.clockMs;
  // The agent has begun anew, and its clock with it; or the page was not looked at.
  if (ms < 0 || ms > MOST_APART_MS) return { ...after, samples: keep([...samples, { at, vfs: null }]) };
  if (ms < LEAST_APART_MS) return history;
  const before = new Map(last.vfs.map((vf) => [vf.vfIndex, vf]));
  const vfs = new Map<number, Rate>();
  const unknown = new Set<number>();
  for (const vf of reading.vfs) {
    const old = before.get(vf.vfIndex);
    const rate = old?.countedBy === vf.countedBy ? rateOf(old, vf, ms) : null;
    if (rate !== null) vfs.set(vf.vfIndex, rate);
    else unknown.add(vf.vfIndex);
  }
  const own = rateOf(last.own, reading.own, ms);
  return { ...after, samples: keep([...samples, { at, own, vfs, unknown }]) };
}

const keep = (samples: TrafficHistory['samples']): TrafficHistory['samples'] => samples.slice(-MOST_SAMPLES);

/** null: it has begun to count anew. */
function rateOf(before: Counters, after: Counters, ms: number): Rate | null {
  const rx = BigInt(after.rxBytes) - BigInt(before.rxBytes);
  const tx = BigInt(after.txBytes) - BigInt(before.txBytes);
  if (rx < 0n || tx < 0n) return null;
  return { rx: mbps(rx, ms), tx: mbps(tx, ms) };
}

const mbps = (bytes: bigint, ms: number): number => (Number(bytes) * 8) / 1000 / ms;
