import type { TrafficDocument } from '@virtfn/contract';
import { countersOfVf, type TrafficCounters } from '@virtfn/host';
import { type PciAddress, type PhysicalFunction, SriovError } from '@virtfn/model';
import type { Answers } from '../link/index.ts';
import type { Reading, RecentCounters } from './recent-counters.ts';

/** Who looks is to see nothing older than 2 s, and asks once a second. */
const MOST_AGE_MS = 500;

export interface TrafficOptions {
  readonly counters: RecentCounters;
  /** As they were seen last. */
  readonly pfs: () => readonly PhysicalFunction[];
  /** The time of day. */
  readonly now: () => Date;
}

/** Answers what PFs and VFs pass. */
export function answersAboutTraffic(options: TrafficOptions): Pick<Answers, 'traffic'> {
  return { traffic: async ({ pf }) => ({ about: 'traffic', traffic: await readTraffic(options, pf) }) };
}

/**
 * What PFs and their VFs have passed, read half a second ago at most.
 *
 * @param asked null: all PFs
 * @throws {SriovError} PF_UNKNOWN, and what the kernel refuses
 */
export async function readTraffic(
  { counters, pfs, now }: TrafficOptions,
  asked: PciAddress | null,
): Promise<TrafficDocument> {
  const wanted = pfs().filter(({ pciAddress }) => asked === null || asked === pciAddress);
  if (asked !== null && wanted.length === 0)
    throw new SriovError('PF_UNKNOWN', `Cannot read the traffic of PF ${asked}: it is not there`);
  const readings = await Promise.all(
    wanted.map(async (pf) => {
      const reading = await counters.read(pf, MOST_AGE_MS);
      const ageMs = counters.ageOf(reading);
      const readAt = new Date(now().getTime() - ageMs).toISOString();
      return documentOfReading(pf, reading, { readAt, ageMs });
    }),
  );
  return { pfs: readings.flat() };
}

function documentOfReading(
  { vfs }: PhysicalFunction,
  { at, counters }: Reading,
  when: Pick<TrafficDocument['pfs'][number], 'ageMs' | 'readAt'>,
): TrafficDocument['pfs'] {
  if (counters === null) return [];
  const counted = vfs.flatMap(({ vfIndex }) => {
    const found = countersOfVf(counters, vfIndex);
    if (found === null) return [];
    return [{ vfIndex, countedBy: found.countedBy, ...textsOf(found.counters) }];
  });
  const { pf, own } = counters;
  return [{ pf, ...when, clockMs: at, own: textsOf(own), vfs: counted }];
}

function textsOf(counters: TrafficCounters): TrafficDocument['pfs'][number]['own'] {
  const { rxBytes, txBytes, rxPackets, txPackets, rxDropped, txDropped } = counters;
  return {
    rxBytes: String(rxBytes),
    txBytes: String(txBytes),
    rxPackets: String(rxPackets),
    txPackets: String(txPackets),
    rxDropped: String(rxDropped),
    txDropped: String(txDropped),
  };
}
