import { shareBandwidth } from '../bandwidth/index.ts';
import type { TrafficMeter } from '../counters/index.ts';
import { hasCarrier, type SimulatedMachine, type SimulatedPf, type SimulatedVf } from '../machine/index.ts';

/** How long a guest takes from little to much and back, milliseconds; guests differ, so that not all do the same. */
const PERIOD_MS = 40_000;
/** No two VFs of a card are at the same point of it: of a circle, from one VF to the next (the golden angle). */
const APART = 0.381966;
const PACKET_BYTES = 900;
const BYTES_PER_MEGABIT = 125_000;
/** What a guest sends is much less than what it is sent: it fetches more than it serves. */
const SENT_PART = 0.3;

/**
 * What virtual machines send and are sent through the VFs that they have. They want more and less over time, together
 * sometimes more than the link; the card shares it by the rates that its PF has set. It has no randomness: the
 * same time and machine make the same traffic.
 */
export class GuestTraffic {
  readonly #machine: SimulatedMachine;
  readonly #meter: TrafficMeter;

  constructor(machine: SimulatedMachine, meter: TrafficMeter) {
    this.#machine = machine;
    this.#meter = meter;
  }

  /** Counts what has passed in the last `ms` of the machine's time. */
  pass(ms: number): void {
    for (const pf of this.#machine.pfs) if (hasCarrier(pf, this.#machine.clock.now())) this.#passPf(pf, ms);
  }

  #passPf(pf: SimulatedPf, ms: number): void {
    const busy = pf.vfs.filter(({ users, settings }) => users.length > 0 && settings.linkState !== 'disable');
    const wishes = busy.map((vf) => ({ vf, mbps: this.#wishOf(vf, pf.linkMbps) }));
    this.#count(
      pf,
      ms,
      'tx',
      wishes.map(({ vf, mbps }) => ({ vf, mbps: mbps * SENT_PART })),
    );
    this.#count(pf, ms, 'rx', wishes);
  }

  /** Cards limit what VFs send; what they are sent is limited by the link alone. */
  #count(
    { linkMbps }: SimulatedPf,
    ms: number,
    way: 'rx' | 'tx',
    wishes: readonly { readonly vf: SimulatedVf; readonly mbps: number }[],
  ): void {
    const shares = shareBandwidth(
      linkMbps,
      wishes.map(({ vf: { vfIndex, settings }, mbps }) => ({
        vfIndex,
        demandMbps: mbps,
        minTxRateMbps: way === 'tx' ? atMost(settings.minTxRateMbps, linkMbps) : null,
        maxTxRateMbps: way === 'tx' ? settings.maxTxRateMbps : null,
      })),
    );
    for (const [index, { shareMbps }] of shares.entries()) {
      const vf = wishes[index]?.vf;
      if (vf === undefined) continue;
      const bytes = BigInt(Math.floor((shareMbps * BYTES_PER_MEGABIT * ms) / 1000));
      const packets = bytes / BigInt(PACKET_BYTES);
      this.#meter.count(
        vf,
        way === 'rx' ? { rxBytes: bytes, rxPackets: packets } : { txBytes: bytes, txPackets: packets },
      );
    }
  }

  /** From a fiftieth to a third of the link. */
  #wishOf({ vfIndex }: SimulatedVf, linkMbps: number): number {
    const turn = this.#machine.clock.now() / PERIOD_MS / (1 + (vfIndex % 3)) + vfIndex * APART;
    const wave = (1 - Math.cos(2 * Math.PI * turn)) / 2;
    return linkMbps * (0.02 + 0.31 * wave);
  }
}

function atMost(rate: number | null, most: number): number | null {
  return rate === null ? null : Math.min(rate, most);
}
