import { randomUUID } from 'node:crypto';
import path from 'node:path';
import {
  Agent,
  answersAboutChanges,
  answersAboutTraffic,
  type AskedContext,
  Departures,
  MemoryJournal,
  MemoryOwnPorts,
  type MemberWanted,
  outcomesOfMember,
  RecentCounters,
  SharedKeeper,
  systemClock,
  wantedNow,
} from '@virtfn/agent';
import { enrolHost } from '@virtfn/host-program/enrol';
import { FleetMember } from '@virtfn/host-program/link';
import {
  GuestTraffic,
  SimulatedCounters,
  SimulatedHost as SimulatedKernel,
  type SimulatedHypervisor,
  TrafficMeter,
} from '@virtfn/host-simulator';
import { finding, type HostId, type ObservedHost } from '@virtfn/model';
import { memoryConfigFile } from './memory-config-file.ts';

const SIMULATED = finding(
  'simulated-host',
  'Its cards, its kernel and its virtual machines are a model, and no packet leaves it.',
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

/** A host in memory with an agent of its own. */
export interface SimulatedHost {
  readonly kernel: SimulatedKernel;
  /** Its virtual machines, which their owner starts and stops beside virtfn. */
  readonly hypervisor: SimulatedHypervisor;
  /** What they send and are sent. */
  readonly traffic: GuestTraffic;
  readonly stop: () => Promise<void>;
}

/** Starts the agent of a simulated machine, wired as a daemon wires it, and has it join the fleet. */
export async function startSimulatedHost(
  hypervisor: SimulatedHypervisor,
  config: string,
  fleet: Fleet,
): Promise<SimulatedHost> {
  const { machine } = hypervisor;
  const { hostId } = machine;
  const kernel = new SimulatedKernel(machine);
  const meter = new TrafficMeter();
  const folder = path.join(fleet.folder, hostId);
  const configFile = memoryConfigFile(config);
  const journal = new MemoryJournal();
  const machines = { hypervisor, ownPorts: new MemoryOwnPorts() };
  let pfs: ObservedHost['pfs'] = [];
  await enrolHost({ url: fleet.url, token: await fleet.invite(hostId), hostId, folder });
  const member = new FleetMember({
    folder,
    bootId: (await kernel.observe()).bootId,
    clock: systemClock,
    onDesired: () => agent.hurry(),
    log: (line) => fleet.log(`${hostId}: ${line}`),
    answers: {
      ...answersAboutTraffic({
        counters: new RecentCounters(new SimulatedCounters(machine, meter), () => performance.now()),
        pfs: () => pfs,
        now: () => new Date(),
      }),
      ...answersAboutChanges(() => asked),
    },
  });
  const departures = new Departures({
    hypervisor,
    clock: machine.clock,
    onEnd: () => agent.hurry(),
    onProgress: () => {},
  });
  const keeper = new SharedKeeper(kernel, journal);
  const asked: AskedContext = {
    host: kernel,
    keeper,
    fleet: member,
    machines,
    filterKeeper: null,
    clock: machine.clock,
    now: () => new Date(),
    findings: async () => [SIMULATED],
    openConfig: () => configFile,
    newUuid: randomUUID,
    onStep: (record) => member.noteStep(record, 'request'),
    onDomainStep: () => {},
  };
  const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
    host: kernel,
    machines,
    machinesSeen: () => hypervisor.domains(),
    keeper,
    clock: systemClock,
    findings: () => [SIMULATED],
    report: async (report) => {
      pfs = report.observed.pfs;
      member.tellReport(report);
    },
    onStep: (record) => member.noteStep(record, 'reconcile'),
    onReconciled: (look) => {
      departures.keep(look.wanted.interfaces, look);
      member.tellOutcomes(outcomesOfMember(look, departures.failed));
    },
    onError: (error) => fleet.log(`${hostId}: ${error.message}`),
  });
  await member.start();
  agent.want(async (observed) => {
    const wanted = await wantedNow(configFile, observed, journal.claims(), { fleet: member, machines });
    await departures.giveUp(wanted.interfaces);
    return wanted;
  });
  agent.start();
  return {
    kernel,
    hypervisor,
    traffic: new GuestTraffic(machine, meter),
    stop: async () => {
      await agent.stop();
      await member.stop();
      await departures.stop();
    },
  };
}
