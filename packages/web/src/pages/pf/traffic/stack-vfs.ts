import type { Rate, Sample, TrafficHistory } from './traffic-history.ts';

/** One layer of a picture of bandwidth: a VF, or all that have no layer of their own. */
export interface Layer {
  /** null: the others. */
  readonly vfIndex: number | null;
  /** Mbit/s of this layer and all below it, sample by sample; null: nobody knows. */
  readonly upTo: readonly (number | null)[];
}

/** Eyes tell so many colours apart. */
const MOST_LAYERS = 6;

/** The VFs that passed most, of those that passed anything, in the order of their numbers. */
export function busiestVfs({ samples }: TrafficHistory): readonly number[] {
  const sums = new Map<number, number>();
  for (const { vfs } of samples)
    for (const [vfIndex, { rx, tx }] of vfs ?? []) sums.set(vfIndex, (sums.get(vfIndex) ?? 0) + rx + tx);
  return [...sums]
    .filter(([, sum]) => sum > 0)
    .toSorted(([a, much], [b, more]) => more - much || a - b)
    .slice(0, MOST_LAYERS)
    .map(([vfIndex]) => vfIndex)
    .toSorted((a, b) => a - b);
}

/**
 * What VFs pass one way, one upon the other. Pure.
 *
 * @param own VFs that have a layer of their own, the lowest first; the rest is the highest
 */
export function stackVfs(
  { samples }: TrafficHistory,
  way: keyof Rate,
  own: readonly number[],
): readonly Layer[] {
  const sums = samples.map(({ vfs }): number | null => (vfs === null ? null : 0));
  /** What nobody knows makes a hole in all that is above it. */
  const layer = (vfIndex: number | null, of: (sample: Sample) => number | null): Layer => {
    for (const [at, sample] of samples.entries()) {
      const below = sums[at] ?? null;
      const height = sample.vfs === null ? null : of(sample);
      sums[at] = below === null || height === null ? null : below + height;
    }
    return { vfIndex, upTo: [...sums] };
  };
  const isOwn = new Set(own);
  const layers = own.map((vfIndex) =>
    layer(vfIndex, ({ vfs, unknown }) => (unknown.has(vfIndex) ? null : (vfs.get(vfIndex)?.[way] ?? 0))),
  );
  const others = layer(null, ({ vfs, unknown }) => {
    for (const vfIndex of unknown) if (!isOwn.has(vfIndex)) return null;
    let sum = 0;
    for (const [vfIndex, rate] of vfs) if (!isOwn.has(vfIndex)) sum += rate[way];
    return sum;
  });
  return [...layers, others];
}
