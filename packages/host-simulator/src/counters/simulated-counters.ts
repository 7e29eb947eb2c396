import {
  type HostCounters,
  type InterfaceCounters,
  mayCountVfs,
  type PfCounters,
  trustedVfCounters,
  type VfCounters,
} from '@virtfn/host';
import type { PhysicalFunction } from '@virtfn/model';
import { pfNetdevName, type SimulatedMachine, type SimulatedPf } from '../machine/index.ts';
import { NOTHING_COUNTED, type TrafficMeter } from './traffic-meter.ts';

/** The counters of a simulated machine, as its kernel tells them. */
export class SimulatedCounters implements HostCounters {
  readonly #machine: SimulatedMachine;
  readonly #meter: TrafficMeter;

  constructor(machine: SimulatedMachine, meter: TrafficMeter) {
    this.#machine = machine;
    this.#meter = meter;
  }

  async read(pfs: readonly PhysicalFunction[]): Promise<readonly PfCounters[]> {
    return pfs.flatMap((pf) => {
      const simulated = this.#machine.pfs.find(({ address }) => address === pf.pciAddress);
      if (simulated === undefined || pf.netdevName === null) return [];
      if (pfNetdevName(simulated) !== pf.netdevName) return [];
      const vfs = mayCountVfs(pf) ? trustedVfCounters(pf, this.#kernelSays(simulated)) : null;
      const vfInterfaces = vfs === null ? this.#interfacesOf(pf, simulated) : new Map();
      return [{ pf: pf.pciAddress, own: this.#meter.read(simulated), vfs, vfInterfaces }];
    });
  }

  /** The driver of a VF counts for the VF's interface, whether that of the PF does or not. */
  #interfacesOf({ vfs }: PhysicalFunction, simulated: SimulatedPf): ReadonlyMap<number, InterfaceCounters> {
    const onHost = vfs.filter(({ netdevName }) => netdevName !== null);
    return new Map(
      onHost.flatMap(({ vfIndex }) => {
        const vf = simulated.vfs.find((each) => each.vfIndex === vfIndex);
        return vf === undefined ? [] : [[vfIndex, this.#meter.read(vf)]];
      }),
    );
  }

  /** rtnl_fill_vfinfo: what the driver does not fill in stays zero. */
  #kernelSays(pf: SimulatedPf): ReadonlyMap<number, VfCounters> {
    const now = this.#machine.clock.now();
    const told = pf.vfs.filter((vf) => vf.visibleAt <= now && vf.resetUntil <= now);
    return new Map(
      told.map((vf) => [vf.vfIndex, pf.driver?.countsVfs === true ? this.#meter.read(vf) : NOTHING_COUNTED]),
    );
  }
}
