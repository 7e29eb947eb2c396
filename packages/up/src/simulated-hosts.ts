import path from 'node:path';
import {
  Agent,
  MemoryJournal,
  type MemberWanted,
  outcomesOfMember,
  SharedKeeper,
  systemClock,
  wantedOfMember,
} from '@virtfn/agent';
import { enrolHost } from '@virtfn/host-program/enrol';
import { FleetMember } from '@virtfn/host-program/link';
import { fishMachine, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import {
  type DesiredHost,
  finding,
  type HostId,
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
    localMacs: [],
    vfs: [],
  })),
};

const SIMULATED = finding(
  'simulated-host',
  'It has the cards of a real host (an 82576 and an I350, two ports each), but no packet leaves it.',
  'Use it to try things out. `virtfn up` adds it only where this machine has no SR-IOV card of its own, or with --simulate.',
);

/** Where a simulated host finds its controller. */
export interface Fleet {
  /** Of the agents' port: `https://127.0.0.1:9697`. */
  readonly url: string;
  /** Makes a one-time token for a host of this name. */
  readonly invite: (hostId: HostId) => Promise<string>;
  /** Under which each host has a folder for its certificate and its ports. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** A host in memory with an agent of its own, whose time goes on with ours once `tick` is called regularly. */
export interface SimulatedHostProcess {
  readonly tick: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

/** Makes a simulated host whose agent joins the fleet as any other does, and keeps its VFs. */
export async function startSimulatedHost(name: string, fleet: Fleet): Promise<SimulatedHostProcess> {
  const hostId = parseHostId(name);
  const clock = new VirtualClock();
  const host = new SimulatedHost(fishMachine(clock, hostId));
  const folder = path.join(fleet.folder, name);
  const journal = new MemoryJournal();
  await enrolHost({ url: fleet.url, token: await fleet.invite(hostId), hostId, folder });
  const member = new FleetMember({
    folder,
    bootId: (await host.observe()).bootId,
    clock: systemClock,
    onDesired: () => agent.hurry(),
    log: (line) => fleet.log(`${name}: ${line}`),
  });
  const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
    host,
    keeper: new SharedKeeper(host, journal),
    clock: systemClock,
    findings: () => [SIMULATED],
    report: async (report) => member.tellReport(report),
    onStep: (record) => member.noteStep(record, 'reconcile'),
    onReconciled: (look) => member.tellOutcomes(outcomesOfMember(look)),
    onError: (error) => fleet.log(`${name}: ${error.message}`),
  });
  await member.start();
  agent.want(async (observed) => {
    const configured = {
      desired: DESIRED,
      physicalNetworks: PHYSICAL_NETWORKS,
      bridges: [],
      migrationUri: 'qemu+tls://fish/system',
      missing: [],
      isPartial: false,
    };
    return wantedOfMember(configured, { fleet: await member.wish(), own: [] }, journal.claims(), observed);
  });
  agent.start();
  return {
    tick: (ms) => clock.advance(ms),
    stop: async () => {
      await agent.stop();
      await member.stop();
    },
  };
}
