import type { PfCounters, TrafficCounters } from './host-counters.ts';

/** What is known of the traffic of a VF, and who says so. */
export interface CountedVf {
  readonly countedBy: 'card' | 'interface';
  readonly counters: TrafficCounters;
}

/**
 * The counters of a VF: the card's, which counts whoever has the VF; where it does not tell, those of the VF's interface on
 * the host, if it has one.
 *
 * @returns null: nobody knows what it passes
 */
export function countersOfVf({ vfs, vfInterfaces }: PfCounters, vfIndex: number): CountedVf | null {
  const ofCard = vfs?.get(vfIndex);
  if (ofCard !== undefined) return { countedBy: 'card', counters: ofCard };
  const ofInterface = vfInterfaces.get(vfIndex);
  return ofInterface === undefined ? null : { countedBy: 'interface', counters: ofInterface };
}
