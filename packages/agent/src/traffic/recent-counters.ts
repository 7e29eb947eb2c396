import type { HostCounters, PfCounters } from '@virtfn/host';
import type { PciAddress, PhysicalFunction } from '@virtfn/model';

/** The counters of one PF. */
export interface Reading {
  /** By the clock that the reader was given, milliseconds. */
  readonly at: number;
  /** null: the PF has no interface. */
  readonly counters: PfCounters | null;
}

interface Reads {
  /** As it was seen: another look may have found it under another name. */
  readonly of: string;
  readonly reading: Promise<Reading>;
  /** null: it is under way. */
  done: Reading | null;
}

/** Counters of PFs, read for all who ask at about the same time, and one PF after the other. */
export class RecentCounters {
  readonly #host: HostCounters;
  readonly #now: () => number;
  readonly #reads = new Map<PciAddress, Reads>();
  #turn: Promise<unknown> = Promise.resolve();

  /** @param now milliseconds that only ever grow */
  constructor(host: HostCounters, now: () => number) {
    this.#host = host;
    this.#now = now;
  }

  /**
   * The counters of a PF.
   *
   * @param mostAgeMs what was read so long ago may be given again
   * @throws {SriovError} what `HostCounters.read` throws; the next one asks again
   */
  read(pf: PhysicalFunction, mostAgeMs: number): Promise<Reading> {
    const known = this.#reads.get(pf.pciAddress);
    const of = `${pf.netdevName}/${pf.driver}/${pf.numVfs}`;
    if (known?.of === of && (known.done === null || this.ageOf(known.done) < mostAgeMs)) return known.reading;
    const reading = this.#turn.then(async (): Promise<Reading> => {
      const [counters = null] = await this.#host.read([pf]);
      return { at: this.#now(), counters };
    });
    const reads: Reads = { of, reading, done: null };
    this.#reads.set(pf.pciAddress, reads);
    this.#turn = reading.then(
      (done) => {
        reads.done = done;
      },
      () => {
        if (this.#reads.get(pf.pciAddress) === reads) this.#reads.delete(pf.pciAddress);
      },
    );
    return reading;
  }

  /** How long ago it was read, milliseconds. */
  ageOf({ at }: Reading): number {
    return this.#now() - at;
  }

  /** The counters of PFs that have an interface; those of a PF whose counters the kernel did not tell are not among them. */
  async readAll(
    pfs: readonly PhysicalFunction[],
    mostAgeMs: number,
  ): Promise<{ readonly counters: readonly PfCounters[]; readonly hasFailed: boolean }> {
    const readings = await Promise.allSettled(pfs.map((pf) => this.read(pf, mostAgeMs)));
    return {
      counters: readings.flatMap((each) =>
        each.status === 'fulfilled' && each.value.counters !== null ? [each.value.counters] : [],
      ),
      hasFailed: readings.some(({ status }) => status === 'rejected'),
    };
  }
}
