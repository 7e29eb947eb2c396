import {
  chooseFromFleet,
  HostsByLoad,
  type ScheduleRequest,
  type SchedulerHost,
  type SchedulerPf,
} from '@virtfn/controller/scheduler';
import { observeMachine, seededRandom, syntheticFleet, VirtualClock } from '@virtfn/host-simulator';
import { parsePhysicalNetwork, parseVlan } from '@virtfn/model';
import type { Benchmark, Row } from './table.ts';

const HOSTS = 10_000;
const SHAPE = { hosts: HOSTS, pfsPerHost: 2, vfsPerPf: 50, seed: 1 };
const ROUNDS = 2000;
const PHYSICAL_NETWORKS = ['physnet1', 'physnet2'].map(parsePhysicalNetwork);

/** A fleet in which each PF has some of its VFs given out. */
function usedFleet(): SchedulerHost[] {
  const random = seededRandom(7);
  const clock = new VirtualClock();
  const machines = syntheticFleet(SHAPE, clock);
  clock.advance(5000);
  return machines.map((machine): SchedulerHost => {
    for (const pf of machine.pfs) pf.adminUp = true;
    const observed = observeMachine(machine);
    return {
      hostId: observed.hostId,
      isAlive: true,
      canFilter: true,
      socketOfNode: new Map(),
      pfs: observed.pfs.map((pf, index): SchedulerPf => {
        const count = Math.floor(random() * pf.numVfs);
        return {
          pf: { ...pf, carrier: true },
          physicalNetworks: PHYSICAL_NETWORKS.slice(index % 2, (index % 2) + 1),
          taken: new Set(Array.from({ length: count }, (_, vfIndex) => vfIndex)),
          guaranteedMbps: 0,
        };
      }),
    };
  });
}

const REQUEST: ScheduleRequest = {
  vnicType: 'direct',
  needsFilter: false,
  physicalNetwork: PHYSICAL_NETWORKS[0] ?? null,
  settings: {
    adminMac: null,
    vlan: parseVlan(100),
    spoofCheck: true,
    trust: false,
    linkState: 'auto',
    minTxRateMbps: null,
    maxTxRateMbps: null,
  },
  needsSwitchdev: false,
  numa: null,
  hostId: null,
  pciAddress: null,
  strategy: 'spread',
  apartFrom: [],
  apart: 'pf',
  allowed: null,
};

/** Chooses again and again, each VF given out; milliseconds of each choice, sorted. */
function measure(fleet: HostsByLoad, requests: readonly ScheduleRequest[]): readonly number[] {
  const times: number[] = [];
  for (const request of requests) {
    const started = performance.now();
    const choice = chooseFromFleet(request, fleet);
    times.push(performance.now() - started);
    if (choice.kind === 'refused') throw new Error('no VF was found');
    const host = fleet.find(choice.hostId);
    if (host === undefined) throw new Error(`host ${choice.hostId} is not one of them`);
    fleet.put({
      ...host,
      pfs: host.pfs.map((each) =>
        each.pf.pciAddress === choice.pf
          ? { ...each, taken: new Set([...each.taken, choice.vfIndex ?? -1]) }
          : each,
      ),
    });
  }
  return times.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

const benchmark: Benchmark = {
  name: `choice of a VF among ${HOSTS} hosts x 100 VFs`,
  async run(): Promise<readonly Row[]> {
    const hosts = usedFleet();
    const fleet = new HostsByLoad();
    for (const host of hosts) fleet.put(host);
    const any = Array.from({ length: ROUNDS }, () => REQUEST);
    measure(fleet, any.slice(0, 50));
    const times = measure(fleet, any);
    const named = measure(
      fleet,
      Array.from({ length: ROUNDS }, (_, index) => ({
        ...REQUEST,
        hostId: hosts[(index * 7919) % HOSTS]?.hostId ?? null,
      })),
    );
    const p99 = at(times, 0.99);
    return [
      { name: 'any host, p99', figure: p99, unit: 'ms', aim: { text: '< 5', holds: p99 < 5 } },
      { name: 'any host, median', figure: at(times, 0.5), unit: 'ms' },
      { name: 'host chosen by the caller, median', figure: at(named, 0.5), unit: 'ms' },
    ];
  },
};

export default benchmark;
