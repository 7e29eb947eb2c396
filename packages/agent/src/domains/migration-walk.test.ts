import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredPort, PortOutcome } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import {
  fishMachine,
  seededRandom,
  SimulatedHost,
  SimulatedHypervisor,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type DomainId,
  isHeldMac,
  type ObservedDomain,
  parseAttachmentId,
  parseDomainId,
  parseHostId,
  parseMacAddress,
  parseNetdevName,
  parseNetworkId,
  parsePciAddress,
  parsePortId,
} from '@virtfn/model';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { outcomesOfMember } from '../ports/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import { wantedNow } from '../requests/index.ts';
import { Departures } from './departures.ts';
import { keepHost } from './keep-host.ts';
import { MortalHost, MortalHypervisor, Mortality } from './mortal-rig.ts';
import { WALK_NETWORK, WALK_PF, walkConfig } from './walk-config.ts';

// A machine goes from one host to another and back, while agents die, guests keep devices, libvirt refuses and controllers
// change their mind. After every step: of the two cards one at most passes frames for the machine's MAC, and that of the host
// where it runs. At the end it runs on exactly one host, with its VF there, and the other host has nothing of it.

const MAC = parseMacAddress('52:54:00:aa:00:01');
const CONFIG = walkConfig(2);
const KINDS = ['direct', 'macvtap', 'failover'] as const;
const WALKS = Number(process.env['VIRTFN_WALKS'] ?? 300);

const portOf = (
  kind: (typeof KINDS)[number],
  vfIndex: number,
): Omit<DesiredPort, 'attachmentId' | 'plug'> => ({
  portId: parsePortId('port'),
  networkId: parseNetworkId('net'),
  pf: WALK_PF,
  vfIndex,
  vnicType: kind === 'failover' ? 'direct' : kind,
  segment: { kind: 'flat', physicalNetwork: WALK_NETWORK },
  mac: MAC,
  ...PLAIN_PORT,
});

/** One host with its agent. */
class Member {
  readonly clock: VirtualClock;
  readonly machine;
  readonly hypervisor: SimulatedHypervisor;
  readonly journal = new MemoryJournal();
  readonly mortality: Mortality;
  readonly uri: string;
  readonly simulated: SimulatedHost;
  readonly #ownPorts = new MemoryOwnPorts();
  readonly #host: MortalHost;
  readonly #mortal: MortalHypervisor;
  ports: readonly DesiredPort[] = [];
  removed: readonly DesiredPort[] = [];
  #departures: Departures;

  constructor(
    name: string,
    clock: VirtualClock,
    peers: Map<string, SimulatedHypervisor>,
    onStep: () => void,
  ) {
    this.clock = clock;
    this.machine = fishMachine(clock, parseHostId(name));
    this.hypervisor = new SimulatedHypervisor(this.machine, peers);
    this.uri = `qemu+tls://${name}/system`;
    peers.set(this.uri, this.hypervisor);
    this.simulated = new SimulatedHost(this.machine);
    this.mortality = new Mortality(onStep);
    this.#host = new MortalHost(this.simulated, this.mortality);
    this.#mortal = new MortalHypervisor(this.hypervisor, this.mortality);
    this.#departures = this.#newAgent();
  }

  #newAgent(): Departures {
    return new Departures({
      hypervisor: this.#mortal,
      clock: this.clock,
      onEnd: () => {},
      onProgress: () => {},
    });
  }

  /** One look; null: the agent died in it, and another takes over. */
  async look(): Promise<readonly PortOutcome[] | null> {
    const fleet = {
      kind: 'known',
      kept: { revision: 1, ports: this.ports, removed: this.removed, localPorts: [] },
    } as const;
    const file = { read: async () => 'there', parse: async () => CONFIG };
    const reconciler = new Reconciler(this.#host, this.journal);
    const machines = { hypervisor: this.#mortal, ownPorts: this.#ownPorts };
    const work = keepHost(reconciler, {
      host: this.#host,
      machines,
      readWanted: async (observed) => {
        const wanted = await wantedNow(
          { ...file, name: 'host.yaml', write: async () => assert.fail('nobody writes it') },
          observed,
          reconciler.claims(),
          { fleet: { wish: async () => fleet, status: async () => ({ kind: 'no-fleet' }) }, machines },
        );
        await this.#departures.giveUp(wanted.interfaces);
        return wanted;
      },
    }).then((result) => {
      this.#departures.keep(result.wanted.interfaces, result);
      return outcomesOfMember(result, this.#departures.failed);
    });
    const outcomes = await Promise.race([work, this.mortality.death()]);
    if (outcomes !== 'killed') return outcomes;
    this.mortality.rise();
    this.#departures = this.#newAgent();
    return null;
  }

  vf(index: number) {
    return this.machine.pf(WALK_PF).vfs[index];
  }

  runs(domainId: DomainId): boolean {
    return this.hypervisor.domains().some((each) => each.domainId === domainId && each.state === 'running');
  }

  /** Whether the card passes frames for the machine to this host. */
  passes(): boolean {
    const pf = this.machine.pf(WALK_PF);
    return pf.fdb.includes(MAC) || pf.vfs.some((vf) => vf.settings.adminMac === MAC && vf.driver !== null);
  }
}

class Walk {
  readonly #random: () => number;
  readonly #clock = new VirtualClock();
  readonly #members: readonly [Member, Member];
  readonly #domainId: DomainId;
  readonly #kind: (typeof KINDS)[number];
  #count = 0;
  #home = 0;
  #isMoving = false;
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const peers = new Map<string, SimulatedHypervisor>();
    const [a, b] = ['a', 'b'].map((name) => new Member(name, this.#clock, peers, () => {}));
    if (a === undefined || b === undefined) throw new TypeError('two hosts');
    this.#members = [a, b];
    this.#domainId = a.hypervisor.define('web1');
    this.#kind = KINDS[seed % KINDS.length] ?? 'direct';
  }

  get #source(): Member {
    return this.#members[this.#home === 0 ? 0 : 1];
  }
  get #destination(): Member {
    return this.#members[this.#home === 0 ? 1 : 0];
  }

  #port(vfIndex: number): DesiredPort {
    this.#count += 1;
    return {
      ...portOf(this.#kind, vfIndex),
      attachmentId: parseAttachmentId(`a${this.#count}`),
      plug: { domainId: this.#domainId, scope: 'live', standby: this.#kind === 'failover' },
    };
  }

  async run(): Promise<void> {
    this.#source.hypervisor.start(this.#domainId);
    this.#source.ports = [this.#port(0)];
    await this.#lookAtAll();
    for (let step = 0; step < 30; step += 1) {
      this.#disturb();
      if (!this.#isMoving && this.#random() < 0.4) this.#begin();
      else if (this.#isMoving && this.#random() < 0.06) this.#giveUp('the controller changed its mind');
      await this.#lookAtAll();
    }
    await this.#settle();
  }

  #disturb(): void {
    this.#clock.advance(this.#random() < 0.1 ? 90_000 : 500);
    const member = this.#random() < 0.5 ? this.#source : this.#destination;
    const dice = this.#random();
    if (dice < 0.1) member.mortality.killAfter(1 + Math.floor(this.#random() * 6));
    else if (dice < 0.15) member.hypervisor.faults.inject({ kind: 'break-migration', times: 1 });
    else if (dice < 0.2 && this.#source.runs(this.#domainId))
      this.#source.hypervisor.setGuest(this.#domainId, this.#random() < 0.5 ? 'silent' : 'willing');
    else if (dice < 0.23) member.hypervisor.restartDaemon(2000);
    else if (dice < 0.26 && this.#source.runs(this.#domainId)) this.#source.hypervisor.stop(this.#domainId);
    else if (dice < 0.4) this.#startAtHome();
  }

  /** Somebody had shut it off. */
  #startAtHome(): void {
    const { hypervisor } = this.#source;
    const isOff = ({ domainId, state }: ObservedDomain): boolean =>
      domainId === this.#domainId && state === 'shut-off';
    if (hypervisor.domains().some(isOff)) hypervisor.start(this.#domainId);
  }

  #begin(): void {
    this.log.push('begin');
    this.#isMoving = true;
    const arriving = this.#port(1);
    const plug = { ...arriving.plug, move: { kind: 'arriving' } } as Plug;
    this.#destination.ports = [{ ...arriving, plug }];
  }

  /** What a controller makes of what it is told. */
  #hear(from: Member, outcomes: readonly PortOutcome[]): void {
    if (!this.#isMoving) return;
    for (const outcome of outcomes) {
      if (outcome.kind === 'released') continue;
      const [there] = this.#destination.ports;
      const [here] = this.#source.ports;
      if (here === undefined || there === undefined) return;
      this.log.push(
        `${outcome.kind} ${outcome.attachmentId} ${outcome.kind === 'failed' ? outcome.message : ''}`,
      );
      if (outcome.kind === 'failed') {
        // Of the one at home only what says that it does not move; the other may not have been heard yet.
        this.#giveUp(outcome.code);
        return;
      }
      if (from !== this.#destination) continue;
      if (outcome.kind === 'prepared') {
        const { uri, attachmentId, pciAddress, netdevName, bridge } = outcome;
        const destination = { uri, attachmentId, pciAddress, netdevName, bridge };
        const move = { kind: 'departing', migrationId: `m-${there.attachmentId}`, destination };
        this.#source.ports = [{ ...here, plug: { ...here.plug, move } as Plug }];
      } else {
        this.log.push('done');
        this.#isMoving = false;
        this.#source.removed = [...this.#source.removed, here];
        this.#source.ports = [];
        this.#destination.ports = [withoutMove(there)];
        this.#home = 1 - this.#home;
        return;
      }
    }
  }

  #giveUp(why: string): void {
    // Once it runs there, there is no way back.
    if (this.#destination.runs(this.#domainId)) return;
    this.log.push(`give up: ${why}`);
    this.#isMoving = false;
    const [here] = this.#source.ports;
    const [there] = this.#destination.ports;
    if (here !== undefined) this.#source.ports = [withoutMove(here)];
    if (there !== undefined) this.#destination.removed = [...this.#destination.removed, there];
    this.#destination.ports = [];
  }

  async #lookAtAll(): Promise<void> {
    for (const member of this.#members) {
      const outcomes = await member.look();
      this.#check();
      if (outcomes === null) this.log.push('killed');
      else this.#hear(member, outcomes);
      // What a migration does beside the looks.
      this.#clock.advance(3000);
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    }
  }

  #check(): void {
    const running = this.#members.filter((member) => member.runs(this.#domainId));
    assert.ok(running.length <= 1, 'it runs twice');
    for (const member of this.#members)
      for (const vf of member.machine.pf(WALK_PF).vfs) assert.ok(vf.users.length <= 1, 'a VF has two users');
  }

  async #settle(): Promise<void> {
    this.log.push('settle');
    for (const { hypervisor, mortality } of this.#members) {
      hypervisor.faults.clear();
      mortality.spare();
    }
    for (let round = 0; round < 24; round += 1) {
      this.#clock.advance(61_000);
      if (!this.#isMoving) this.#startAtHome();
      for (const member of this.#members)
        if (member.runs(this.#domainId)) {
          member.hypervisor.setGuest(this.#domainId, 'willing');
          // A guest that let a request pass in its bad days hears it again.
          member.hypervisor.pause(this.#domainId);
          member.hypervisor.resume(this.#domainId);
          this.#clock.advance(1000);
        }
      await this.#lookAtAll();
    }
    assert.equal(this.#isMoving, false, 'it is at rest');
    const { [this.#home]: home, [1 - this.#home]: away } = this.#members;
    assert.ok(home !== undefined && away !== undefined);
    assert.equal(home.runs(this.#domainId), true, 'it runs where its port is bound');
    assert.equal(home.passes(), true, 'frames reach it');
    assert.equal(away.passes(), false, 'and nobody else');
    assert.deepEqual(
      home.journal.claims().map(({ attachmentId }) => attachmentId),
      home.ports.map(({ attachmentId }) => attachmentId),
    );
    assert.deepEqual(away.journal.claims(), []);
    const open = away.machine
      .pf(WALK_PF)
      .vfs.filter((vf) => vf.driver !== null || isHeldMac(vf.settings.adminMac));
    assert.deepEqual(open, [], 'the other host has nothing of it');
    const kinds = home.hypervisor
      .domains()[0]
      ?.live.map(({ source }) => source?.kind)
      .toSorted();
    const want = { direct: ['vf'], macvtap: ['macvtap'], failover: ['bridge', 'vf'] }[this.#kind];
    assert.deepEqual(kinds, want);
  }
}

type Plug = NonNullable<DesiredPort['plug']>;

function withoutMove(port: DesiredPort): DesiredPort {
  return { ...port, plug: { ...port.plug, move: null } as Plug };
}

describe('live migration between two hosts', () => {
  it('has a machine with a failover port reached over the bridge while it is on its way', async () => {
    const peers = new Map<string, SimulatedHypervisor>();
    const member = new Member('a', new VirtualClock(), peers, () => {});
    const domainId = member.hypervisor.define('web1');
    member.hypervisor.start(domainId);
    const plug = { domainId, scope: 'live', standby: true } as const;
    const port = { ...portOf('failover', 0), attachmentId: parseAttachmentId('a1'), plug };
    member.ports = [port];
    await member.look();
    assert.equal(member.vf(0)?.settings.adminMac, MAC);
    assert.deepEqual(member.machine.pf(WALK_PF).fdb, []);
    const destination = {
      uri: 'qemu+tls://nobody/system',
      attachmentId: parseAttachmentId('a2'),
      pciAddress: parsePciAddress('0000:82:10.0'),
      netdevName: null,
      bridge: { kind: 'linux', name: parseNetdevName('br0') },
    } as const;
    const move = { kind: 'departing', migrationId: 'm1', destination } as const;
    member.ports = [{ ...port, plug: { ...plug, move } }];
    await member.look();
    assert.deepEqual(
      member.hypervisor.domains()[0]?.live.map(({ source }) => source?.kind),
      ['bridge'],
    );
    assert.equal(isHeldMac(member.vf(0)?.settings.adminMac ?? null), true);
    assert.deepEqual(member.machine.pf(WALK_PF).fdb, [MAC]);
    member.ports = [port];
    await member.look();
    await member.look();
    assert.equal(member.vf(0)?.settings.adminMac, MAC);
    assert.deepEqual(member.machine.pf(WALK_PF).fdb, []);
  });
});

describe('outcomesOfMember()', () => {
  it('says nothing of a machine on its way while libvirt is restarted, and that the host is prepared then', async () => {
    const member = new Member('b', new VirtualClock(), new Map(), () => {});
    const domainId = parseDomainId('00000000-0000-4000-8000-000000000001');
    const plug = { domainId, scope: 'live', standby: false, move: { kind: 'arriving' } } as const;
    member.ports = [{ ...portOf('direct', 0), attachmentId: parseAttachmentId('a1'), plug }];
    member.hypervisor.restartDaemon(5000);
    assert.deepEqual(await member.look(), []);
    member.clock.advance(5000);
    assert.deepEqual(
      (await member.look())?.map(({ kind }) => kind),
      ['prepared'],
    );
  });
});

describe('Departures', () => {
  it('sends no machine from a Linux bridge to Open vSwitch, where its frames would be in another VLAN', async () => {
    const member = new Member('a', new VirtualClock(), new Map(), () => {});
    const domainId = member.hypervisor.define('web1');
    member.hypervisor.start(domainId);
    const destination = {
      uri: 'qemu+tls://b/system',
      attachmentId: parseAttachmentId('a2'),
      pciAddress: parsePciAddress('0000:82:10.0'),
      netdevName: null,
      bridge: { kind: 'ovs', name: parseNetdevName('br-int') },
    } as const;
    const move = { kind: 'departing', migrationId: 'm1', destination } as const;
    const plug = { domainId, scope: 'live', standby: true, move } as const;
    member.ports = [{ ...portOf('failover', 0), attachmentId: parseAttachmentId('a1'), plug }];
    await member.look();
    const [outcome] = (await member.look()) ?? [];
    assert.ok(outcome?.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.code, 'MIGRATION_REFUSED');
  });

  it('waits for no daemon that does not let go of a machine', async () => {
    const member = new Member('a', new VirtualClock(), new Map(), () => {});
    const domainId = member.hypervisor.define('web1');
    member.hypervisor.start(domainId);
    member.ports = [
      { ...portOf('macvtap', 0), attachmentId: parseAttachmentId('a1'), plug: stays(domainId) },
    ];
    await member.look();
    const hangs = Promise.withResolvers<void>();
    member.hypervisor.migrate = () => hangs.promise;
    const destination = {
      uri: 'qemu+tls://b/system',
      attachmentId: parseAttachmentId('a2'),
      pciAddress: parsePciAddress('0000:82:10.0'),
      netdevName: null,
      bridge: null,
    };
    const move = { kind: 'departing', migrationId: 'm1', destination } as const;
    member.ports = member.ports.map((port) => ({ ...port, plug: { ...stays(domainId), move } }));
    await member.look();
    member.ports = member.ports.map((port) => ({ ...port, plug: stays(domainId) }));
    const outcomes = await member.look();
    assert.deepEqual(
      outcomes?.map(({ kind }) => kind),
      ['configured'],
    );
  });
});

const stays = (domainId: DomainId) => ({ domainId, scope: 'live', standby: false, move: null }) as const;

describe('live migration between two hosts, over random schedules', () => {
  it(`pain 7: ${WALKS} walks leave the machine on one host with its VF, and nothing on the other`, async () => {
    const first = Number(process.env['VIRTFN_FIRST_WALK'] ?? 1);
    for (let seed = first; seed < first + WALKS; seed += 1) {
      const walk = new Walk(seed);
      await walk.run().catch((error: unknown) => {
        throw new Error(`walk ${seed}: ${walk.log.join('\n')}`, { cause: error });
      });
    }
  });
});
