import { Agent, type AgentOptions, MemoryJournal, SharedKeeper, systemClock } from '@virtfn/agent';
import { fishMachine, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import {
  type DesiredHost,
  finding,
  type PciAddress,
  parseHostId,
  parsePciAddress,
  parsePhysicalNetwork,
  type PhysicalNetwork,
} from '@virtfn/model';

const I350_PORTS = ['0000:07:00.0', '0000:07:00.1'].map(parsePciAddress);
const INTEL_82576_PORTS = ['0000:82:00.0', '0000:82:00.1'].map(parsePciAddress);

const PHYSICAL_NETWORKS: ReadonlyMap<PciAddress, readonly PhysicalNetwork[]> = new Map([
  ...INTEL_82576_PORTS.map((pf) => [pf, [parsePhysicalNetwork('physnet1')]] as const),
  ...I350_PORTS.map((pf) => [pf, [parsePhysicalNetwork('physnet2')]] as const),
]);

/** Seven VFs on both ports of the 82576, none on the I350, which carries the default route. */
const DESIRED: DesiredHost = {
  releases: [],
  evict: [],
  reloadDriver: false,
  pfs: INTEL_82576_PORTS.map((pf) => ({
    pf,
    numVfs: 7,
    moduleOption: null,
    eswitchMode: null,
    adminUp: true,
    mtu: null,
    vfs: [],
  })),
};

const SIMULATED = finding(
  'simulated-host',
  'It has the cards of a real host (an 82576 and an I350, two ports each), but no packet leaves it.',
  'Use it to try things out. `virtfn up` adds it only where this machine has no SR-IOV card of its own, or with --simulate.',
);

/** A host in memory with an agent of its own, whose time goes on with ours once `tick` is called regularly. */
export interface SimulatedHostProcess {
  readonly agent: Agent;
  readonly tick: (ms: number) => void;
}

/** Makes a simulated host with an agent that keeps its VFs. */
export function startSimulatedHost(
  name: string,
  wiring: Pick<AgentOptions, 'report' | 'onError'>,
): SimulatedHostProcess {
  const clock = new VirtualClock();
  const host = new SimulatedHost(fishMachine(clock, parseHostId(name)));
  const agent = new Agent({
    ...wiring,
    host,
    keeper: new SharedKeeper(host, new MemoryJournal()),
    clock: systemClock,
    findings: () => [SIMULATED],
  });
  agent.want(async () => ({
    desired: DESIRED,
    physicalNetworks: PHYSICAL_NETWORKS,
    missing: [],
    isPartial: false,
    spared: new Set(),
  }));
  return { agent, tick: (ms) => clock.advance(ms) };
}
