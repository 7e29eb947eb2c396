import type { InterfaceCounters, VfCounters } from '@virtfn/host';
import type { SimulatedPf, SimulatedVf } from '../machine/index.ts';

/** What has just passed a PF or a VF; what is left out is 0. */
export type Passed = Partial<VfCounters & InterfaceCounters>;

/** What the kernel tells of a VF whose driver does not count. */
export const NOTHING_COUNTED: VfCounters & InterfaceCounters = {
  rxBytes: 0n,
  txBytes: 0n,
  rxPackets: 0n,
  txPackets: 0n,
  rxDropped: 0n,
  txDropped: 0n,
  rxErrors: 0n,
  txErrors: 0n,
  broadcast: 0n,
  multicast: 0n,
};

/** The counters of cards, whether their drivers tell of them or not. Those of a VF go with it. */
export class TrafficMeter {
  readonly #passed = new WeakMap<SimulatedPf | SimulatedVf, VfCounters & InterfaceCounters>();

  count(where: SimulatedPf | SimulatedVf, passed: Passed): void {
    const counters = { ...this.read(where) };
    for (const key of Object.keys(NOTHING_COUNTED) as (keyof typeof NOTHING_COUNTED)[])
      counters[key] += passed[key] ?? 0n;
    this.#passed.set(where, counters);
  }

  read(where: SimulatedPf | SimulatedVf): VfCounters & InterfaceCounters {
    return this.#passed.get(where) ?? NOTHING_COUNTED;
  }
}
