import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  Agent,
  Departures,
  MemoryJournal,
  MemoryOwnPorts,
  type MemberWanted,
  outcomesOfMember,
  SharedKeeper,
  systemClock,
  wantedOfMember,
} from '@virtfn/agent';
import {
  Controller,
  listen,
  OpenAuthenticator,
  openDatabase,
  parseLoopbackAddress,
  Store,
  usualWebFiles,
} from '@virtfn/controller';
import { openAuthority } from '@virtfn/controller/agent-link';
import { enrolHost } from '@virtfn/host-program/enrol';
import { FleetMember } from '@virtfn/host-program/link';
import {
  fishMachine,
  type GuestManner,
  SimulatedHost,
  SimulatedHypervisor,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DesiredHost,
  parseHostId,
  parsePciAddress,
  parsePhysicalNetwork,
  parseVlanRanges,
} from '@virtfn/model';

const ANY_PORT = parseLoopbackAddress('127.0.0.1:0');
const PFS = ['0000:82:00.0', '0000:82:00.1'].map(parsePciAddress);
const PHYSICAL_NETWORK = parsePhysicalNetwork('physnet1');
const DESIRED: DesiredHost = {
  releases: [],
  evict: [],
  reloadDriver: false,
  pfs: PFS.map((pf) => ({
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

/** Milliseconds; virtual time goes as ours does. */
const TICK_MS = 20;

const uriOf = (name: string): string => `qemu+tls://${name}/system`;

/** A controller with simulated hosts that have virtual machines, which their owner starts and stops beside it. */
export class MachineFleet {
  readonly url: string;
  readonly #hypervisors: ReadonlyMap<string, SimulatedHypervisor>;
  readonly #stop: () => Promise<void>;

  private constructor(
    url: string,
    hypervisors: ReadonlyMap<string, SimulatedHypervisor>,
    stop: () => Promise<void>,
  ) {
    this.url = url;
    this.#hypervisors = hypervisors;
    this.#stop = stop;
  }

  static async start(names: readonly string[]): Promise<MachineFleet> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-machines-'));
    const store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now: () => new Date(),
    });
    const controller = new Controller({
      store,
      version: '0.0.0',
      authenticator: new OpenAuthenticator(),
      webFiles: usualWebFiles(),
      settings: { vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork) },
    });
    await controller.start();
    const authority = await openAuthority(folder, new Date());
    const link = await controller.listenForAgents({ authority, address: ANY_PORT });
    const url = await listen(controller.server, ANY_PORT);
    const clock = new VirtualClock();
    const peers = new Map<string, SimulatedHypervisor>();
    const hosts = await Promise.all(
      names.map(async (name) => {
        const hostId = parseHostId(name);
        const host = new SimulatedHost(fishMachine(clock, hostId));
        const hypervisor = new SimulatedHypervisor(host.machine, peers);
        peers.set(uriOf(name), hypervisor);
        const home = path.join(folder, name);
        await enrolHost({ url: link.url, token: await controller.invite(hostId), hostId, folder: home });
        return startMember(host, hypervisor, home);
      }),
    );
    const ticking = setInterval(() => clock.advance(TICK_MS), TICK_MS);
    const hypervisors = new Map(
      names.flatMap((name) => {
        const hypervisor = peers.get(uriOf(name));
        return hypervisor === undefined ? [] : [[name, hypervisor] as const];
      }),
    );
    return new MachineFleet(url, hypervisors, async () => {
      await Promise.all(hosts.map((stop) => stop()));
      clearInterval(ticking);
      await controller.server.close();
      await link.close();
      controller.fleet.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    });
  }

  /** Makes a virtual machine on a host, and starts it. */
  run(hostId: string, name: string): void {
    const hypervisor = this.#hypervisorOf(hostId);
    hypervisor.start(hypervisor.define(name));
  }

  /** Makes the guest of a machine deaf to requests to give a device back, or hear again. */
  setGuest(hostId: string, name: string, guest: GuestManner): void {
    const hypervisor = this.#hypervisorOf(hostId);
    const domain = hypervisor.domains().find((each) => each.name === name);
    assert.ok(domain !== undefined, `${name} is on ${hostId}`);
    hypervisor.setGuest(domain.domainId, guest);
  }

  #hypervisorOf(hostId: string): SimulatedHypervisor {
    const hypervisor = this.#hypervisors.get(hostId);
    assert.ok(hypervisor !== undefined, `${hostId} is a host`);
    return hypervisor;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** Starts the agent of a host that has joined, as a daemon wires it. @returns stops it */
async function startMember(
  host: SimulatedHost,
  hypervisor: SimulatedHypervisor,
  folder: string,
): Promise<() => Promise<void>> {
  const { hostId, bootId } = await host.observe();
  const journal = new MemoryJournal();
  const member = new FleetMember({
    folder,
    bootId,
    clock: systemClock,
    onDesired: () => agent.hurry(),
    log: () => {},
  });
  const departures = new Departures({
    hypervisor,
    clock: host.machine.clock,
    onEnd: () => agent.hurry(),
    onProgress: () => {},
  });
  const agent: Agent<MemberWanted> = new Agent<MemberWanted>({
    host,
    machines: { hypervisor, ownPorts: new MemoryOwnPorts() },
    machinesSeen: () => hypervisor.domains(),
    keeper: new SharedKeeper(host, journal),
    clock: systemClock,
    findings: () => [],
    report: async (report) => member.tellReport(report),
    onReconciled: (look) => {
      departures.keep(look.wanted.interfaces, look);
      member.tellOutcomes(outcomesOfMember(look, departures.failed));
    },
    onError: () => {},
  });
  await member.start();
  agent.want(async (observed) => {
    const configured = {
      desired: DESIRED,
      physicalNetworks: new Map(PFS.map((pf) => [pf, [PHYSICAL_NETWORK]])),
      bridges: [],
      migrationUri: uriOf(hostId),
      missing: [],
      isPartial: false,
    };
    const wish = { fleet: await member.wish(), own: [] };
    const wanted = wantedOfMember(configured, wish, journal.claims(), observed);
    await departures.giveUp(wanted.interfaces);
    return wanted;
  });
  agent.start();
  return async () => {
    await agent.stop();
    await member.stop();
    await departures.stop();
  };
}
