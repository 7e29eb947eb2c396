import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  Agent,
  answerRequest,
  type ConfigFile,
  MemoryJournal,
  MemoryOwnPorts,
  type MemberWanted,
  NO_FLEET,
  readTraffic,
  RecentCounters,
  SharedKeeper,
  systemClock,
  wantedNow,
} from '@virtfn/agent';
import { type HostRequest, parseLoopbackAddress } from '@virtfn/contract';
import { parseHostConfig } from '@virtfn/contract/host-config';
import { SeenHost, serveDashboard, wordsOfDomainStep, wordsOfStep } from '@virtfn/host-program/dashboard';
import {
  fishMachine,
  SimulatedCounters,
  SimulatedHost,
  SimulatedHypervisor,
  TrafficMeter,
  VirtualClock,
} from '@virtfn/host-simulator';
import type { Finding } from '@virtfn/model';

/** Milliseconds; virtual time goes as ours does. */
const TICK_MS = 20;

const FINDING: Finding = {
  code: 'vfio-missing',
  title: 'VFs cannot be given to guests',
  severity: 'warning',
  text: 'The module vfio-pci is not loaded',
  hint: 'modprobe vfio-pci',
  pf: null,
};

/** The agent of one simulated host that is in no fleet, wired as a daemon wires it, with its dashboard. */
export class LoneAgent {
  readonly url: string;
  readonly host: SimulatedHost;
  readonly hypervisor: SimulatedHypervisor;
  readonly #ask: (request: HostRequest) => Promise<void>;
  readonly #stop: () => Promise<void>;

  private constructor(
    url: string,
    host: SimulatedHost,
    hypervisor: SimulatedHypervisor,
    ask: LoneAgent['ask'],
    stop: LoneAgent['stop'],
  ) {
    this.url = url;
    this.host = host;
    this.hypervisor = hypervisor;
    this.#ask = ask;
    this.#stop = stop;
  }

  /** @param config `host.yaml` */
  static async start(config: string): Promise<LoneAgent> {
    const clock = new VirtualClock();
    const host = new SimulatedHost(fishMachine(clock));
    const hypervisor = new SimulatedHypervisor(host.machine);
    const machines = { hypervisor, ownPorts: new MemoryOwnPorts() };
    const journal = new MemoryJournal();
    const keeper = new SharedKeeper(host, journal);
    const file: ConfigFile = {
      name: 'host.yaml',
      read: async () => config,
      write: async () => assert.fail('nobody writes it'),
      parse: async (text) => parseHostConfig(text, 'host.yaml'),
    };
    const seen = new SeenHost({ now: () => new Date(), hostId: () => host.hostId });
    const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
      host,
      machines,
      machinesSeen: () => hypervisor.domains(),
      keeper,
      clock: systemClock,
      findings: () => [FINDING],
      report: async (report) => seen.noteReport(report),
      onStep: (record) => seen.noteStep(wordsOfStep(record, 'reconcile')),
      onDomainStep: (record) => seen.noteStep(wordsOfDomainStep(record, 'reconcile')),
      onError: () => {},
    });
    const ask = (request: HostRequest): Promise<void> =>
      answerRequest(request, {
        host,
        keeper,
        machines,
        fleet: NO_FLEET,
        filterKeeper: null,
        now: () => new Date(),
        findings: async () => [],
        clock,
        newUuid: randomUUID,
        openConfig: () => file,
        onStep: (record) => seen.noteStep(wordsOfStep(record, 'request')),
        onDomainStep: (record) => seen.noteStep(wordsOfDomainStep(record, 'request')),
        emit: (event) => assert.ok(event.event !== 'error', JSON.stringify(event)),
        signal: new AbortController().signal,
      });
    agent.want((observed) => wantedNow(file, observed, journal.claims(), { fleet: NO_FLEET, machines }));
    agent.start();
    const ticking = setInterval(() => clock.advance(TICK_MS), TICK_MS);
    const counters = new RecentCounters(new SimulatedCounters(host.machine, new TrafficMeter()), () =>
      performance.now(),
    );
    const traffic = {
      counters,
      pfs: () => seen.reports().flatMap(({ observed }) => observed.pfs),
      now: () => new Date(),
    };
    const stopping = new AbortController();
    let serving: Promise<void> = Promise.resolve();
    const url = await new Promise<string>((resolve) => {
      serving = serveDashboard({
        address: parseLoopbackAddress('127.0.0.1:0'),
        host: seen,
        version: '0.0.0',
        readTraffic: (pf) => readTraffic(traffic, pf),
        clock: systemClock,
        log: (line) => resolve(/^dashboard on (\S+)\/ui\/$/.exec(line)?.[1] ?? assert.fail(line)),
        stop: stopping.signal,
      });
    });
    return new LoneAgent(url, host, hypervisor, ask, async () => {
      stopping.abort();
      await serving;
      clearInterval(ticking);
      await agent.stop();
    });
  }

  /** What the owner of the host types. */
  ask(request: HostRequest): Promise<void> {
    return this.#ask(request);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
