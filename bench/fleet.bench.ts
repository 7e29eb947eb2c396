import { observeMachine, syntheticFleet, VirtualClock } from '@virtfn/host-simulator';
import type { Benchmark, Row } from './table.ts';

const HOSTS = 10_000;
const SHAPE = { hosts: HOSTS, pfsPerHost: 2, vfsPerPf: 50, seed: 1 };

const benchmark: Benchmark = {
  name: `simulated fleet of ${HOSTS} hosts x 100 VFs`,
  async run(): Promise<readonly Row[]> {
    const before = process.memoryUsage.rss();
    const started = performance.now();
    const clock = new VirtualClock();
    const fleet = syntheticFleet(SHAPE, clock);
    const builtS = (performance.now() - started) / 1000;
    const rssGb = process.memoryUsage.rss() / 1e9;
    const vfs = fleet.reduce(
      (sum, machine) => sum + machine.pfs.reduce((each, pf) => each + pf.numVfs, 0),
      0,
    );
    if (vfs !== HOSTS * 100) throw new Error(`the fleet has ${vfs} VFs`);
    // New VFs show a moment after they were enabled.
    clock.advance(1000);
    const observing = performance.now();
    let seen = 0;
    for (const machine of fleet) for (const pf of observeMachine(machine).pfs) seen += pf.vfs.length;
    const observedS = (performance.now() - observing) / 1000;
    if (seen !== vfs) throw new Error(`${seen} of ${vfs} VFs were observed`);
    return [
      { name: 'built', figure: builtS, unit: 's', aim: { text: '< 15', holds: builtS < 15 } },
      {
        name: 'memory of the process',
        figure: rssGb,
        unit: 'GB',
        aim: { text: '< 1.5', holds: rssGb < 1.5 },
        note: `${(before / 1e9).toFixed(2)} before`,
      },
      { name: 'every host observed once', figure: observedS, unit: 's' },
    ];
  },
};

export default benchmark;
