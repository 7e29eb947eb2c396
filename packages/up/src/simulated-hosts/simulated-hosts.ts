import { SimulatedHypervisor, type SimulatedMachine, VirtualClock } from '@virtfn/host-simulator';
import { type HostId, parseDomainId, parseHostId } from '@virtfn/model';
import { type Fleet, type SimulatedHost, startSimulatedHost } from './simulated-host.ts';
import { USUAL_CONFIG, usualMachine } from './usual-host.ts';

/** What a simulated host is to be. */
export interface SimulatedHostSpec {
  readonly name: string;
  /** Names of its virtual machines; they run. */
  readonly machines: readonly string[];
  /** Its cards; without it the usual ones. */
  readonly machine?: (clock: VirtualClock, hostId: HostId) => SimulatedMachine;
  /** Text of its `host.yaml`; without it the usual one. */
  readonly config?: string;
}

/** Simulated hosts of one fleet: machines may be moved from one to the other. */
export interface SimulatedHosts {
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
  readonly stop: () => Promise<void>;
}

const TICK_MS = 50;

/** Starts simulated hosts, whose time goes on with ours, and has them join a fleet. */
export async function startSimulatedHosts(
  specs: readonly SimulatedHostSpec[],
  fleet: Fleet,
): Promise<SimulatedHosts> {
  const clock = new VirtualClock();
  const peers = new Map<string, SimulatedHypervisor>();
  const hosts = new Map<string, SimulatedHost>();
  let machines = 0;
  for (const spec of specs) {
    const hostId = parseHostId(spec.name);
    const machine = (spec.machine ?? usualMachine)(clock, hostId);
    const hypervisor = new SimulatedHypervisor(machine, peers);
    peers.set(`qemu+tls://${spec.name}/system`, hypervisor);
    for (const name of spec.machines) {
      machines += 1;
      const domainId = parseDomainId(`00000000-0000-4000-8000-${String(machines).padStart(12, '0')}`);
      hypervisor.start(hypervisor.define(name, { domainId }));
    }
    hosts.set(spec.name, await startSimulatedHost(hypervisor, spec.config ?? USUAL_CONFIG, fleet));
  }
  const ticking = setInterval(() => {
    clock.advance(TICK_MS);
    for (const { traffic } of hosts.values()) traffic.pass(TICK_MS);
  }, TICK_MS);
  return {
    hosts,
    stop: async () => {
      clearInterval(ticking);
      await Promise.all([...hosts.values()].map((each) => each.stop()));
    },
  };
}
