import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client, httpTransport, parseLoopbackAddress } from '@virtfn/contract';
import { Controller, listen, OpenAuthenticator, openDatabase, Store } from '@virtfn/controller';
import { openAuthority } from '@virtfn/controller/agent-link';
import {
  fishMachine,
  type GuestManner,
  type SimulatedHost,
  type SimulatedMachine,
  type VirtualClock,
} from '@virtfn/host-simulator';
import {
  type HostId,
  type PciAddress,
  parsePciAddress,
  parsePhysicalNetwork,
  parseVlanRanges,
} from '@virtfn/model';
import { type SimulatedHosts, startSimulatedHosts } from '@virtfn/up/simulated-hosts';
import { usualWebFiles } from '@virtfn/web-files';

const ANY_PORT = parseLoopbackAddress('127.0.0.1:0');

/** A machine, and how many VFs its owner wants on which PFs. All of those are on one wire. */
interface MemberShape {
  readonly machine: (clock: VirtualClock, hostId: HostId) => SimulatedMachine;
  readonly numVfs: ReadonlyMap<PciAddress, number>;
}

/** Seven VFs on both ports of an 82576. */
const FISH: MemberShape = {
  machine: (clock, hostId) => fishMachine(clock, hostId),
  numVfs: new Map(['0000:82:00.0', '0000:82:00.1'].map((pf) => [parsePciAddress(pf), 7])),
};

type Member = SimulatedHosts['hosts'] extends ReadonlyMap<string, infer Value> ? Value : never;

/** A controller with simulated hosts that have virtual machines, which their owner starts and stops beside it. */
export class MachineFleet {
  readonly url: string;
  readonly #members: SimulatedHosts['hosts'];
  readonly #skip: (ms: number) => void;
  readonly #stop: () => Promise<void>;

  private constructor(
    url: string,
    members: SimulatedHosts['hosts'],
    skip: (ms: number) => void,
    stop: () => Promise<void>,
  ) {
    this.url = url;
    this.#members = members;
    this.#skip = skip;
    this.#stop = stop;
  }

  static async start(names: readonly string[], shape: MemberShape = FISH): Promise<MachineFleet> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'virtfn-machines-'));
    let skippedMs = 0;
    const now = (): Date => new Date(Date.now() + skippedMs);
    const store = await Store.open({
      database: await openDatabase(`sqlite:${path.join(folder, 'controller.db')}`),
      now,
    });
    const controller = new Controller({
      store,
      now,
      version: '0.0.0',
      authenticator: new OpenAuthenticator(),
      webFiles: usualWebFiles(),
      settings: { vlanRanges: parseVlanRanges('physnet1:100:1999', parsePhysicalNetwork) },
    });
    await controller.start();
    const authority = await openAuthority(folder, new Date());
    const link = await controller.listenForAgents({ authority, address: ANY_PORT });
    const url = await listen(controller.server, ANY_PORT);
    const { machine, numVfs } = shape;
    const specs = names.map((name) => ({ name, machines: [], machine, config: configOf(numVfs) }));
    const invite = (hostId: HostId): Promise<string> => controller.invite(hostId);
    const simulated = await startSimulatedHosts(specs, { url: link.url, invite, folder, log: () => {} });
    const stop = async (): Promise<void> => {
      await simulated.stop();
      await controller.server.close();
      await link.close();
      controller.fleet.stop();
      await store.close();
      rmSync(folder, { recursive: true });
    };
    await allEnabled(controller, store, names, shape);
    return new MachineFleet(url, simulated.hosts, (ms) => (skippedMs += ms), stop);
  }

  /** Makes a virtual machine on a host, and starts it. */
  run(hostId: string, name: string): void {
    const { hypervisor } = this.#member(hostId);
    hypervisor.start(hypervisor.define(name));
  }

  /** Makes the guest of a machine deaf to requests to give a device back, or hear again. */
  setGuest(hostId: string, name: string, guest: GuestManner): void {
    const { hypervisor } = this.#member(hostId);
    const domain = hypervisor.domains().find((each) => each.name === name);
    assert.ok(domain !== undefined, `${name} is on ${hostId}`);
    hypervisor.setGuest(domain.domainId, guest);
  }

  /** The machine under an agent, for cables and faults. */
  hostOf(hostId: string): SimulatedHost {
    return this.#member(hostId).kernel;
  }

  /** Ends the agent of a host, so long ago that its controller takes it for gone. */
  async loseAgent(hostId: string): Promise<void> {
    await this.#member(hostId).stop();
    const client = new Client(httpTransport(this.url));
    const isAlive = async (): Promise<boolean> => {
      const { hosts } = await client.call('listHosts', {}, null);
      return hosts.some((host) => host.hostId === hostId && host.isAlive);
    };
    // What it has said last may be heard late.
    do this.#skip(GONE_MS);
    while (await isAlive());
  }

  #member(hostId: string): Member {
    const member = this.#members.get(hostId);
    assert.ok(member !== undefined, `${hostId} is a host`);
    return member;
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}

/** The host.yaml of a host whose PFs with VFs are all on one wire. */
function configOf(numVfs: MemberShape['numVfs']): string {
  const pfs = [...numVfs].map(
    ([pf, count]) =>
      `  - { match: { pciAddress: '${pf}' }, numVfs: ${count}, physicalNetworks: [physnet1] }\n`,
  );
  return `version: 1\npfs:\n${pfs.join('')}`;
}

/** Resolves when all hosts have told of all VFs that they shall have. */
async function allEnabled(
  { fleet }: Controller,
  store: Store,
  names: readonly string[],
  { numVfs }: MemberShape,
): Promise<void> {
  const wanted = [...numVfs.values()].reduce((sum, count) => sum + count, 0);
  const isReady = (name: string): boolean => {
    const vfs = fleet.report(name)?.observed.pfs.map((pf) => pf.vfs.length) ?? [];
    return vfs.reduce((sum, count) => sum + count, 0) === wanted;
  };
  for (;;) {
    const change = Promise.withResolvers<void>();
    const unwatch = store.watch(() => change.resolve());
    await fleet.settled();
    if (names.every(isReady)) return unwatch();
    await change.promise;
    unwatch();
  }
}

/** Milliseconds after which a host that is not heard of is gone. */
const GONE_MS = 100_000;
