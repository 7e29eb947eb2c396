import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PLAIN_ATTACH } from '@virtfn/contract/host-program/testing';
import type { HostProgramEvent, HostRequest } from '@virtfn/contract';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import {
  fishMachine,
  openVfs,
  seededRandom,
  SimulatedHost,
  SimulatedHypervisor,
  vfAddress,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  type AttachmentId,
  type DomainId,
  ownerOfAlias,
  parseAttachmentId,
  parseMacAddress,
  parseNetworkId,
  parsePortId,
} from '@virtfn/model';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { SharedKeeper } from '../keeper/index.ts';
import type { FleetWish } from '../ports/index.ts';
import { outcomesOfPorts } from '../ports/outcomes-of-ports.ts';
import { answerRequest, wantedNow } from '../requests/index.ts';
import { keepHost } from './keep-host.ts';
import { MortalHost, MortalHypervisor, Mortality } from './mortal-rig.ts';
import { WALK_NETWORK, WALK_PF, walkConfig } from './walk-config.ts';

// Owners attach and detach, controllers bind and unbind, machines start, stop, crash and keep what they are asked for,
// libvirt and agent die at any line. After every single step on host or machine: whoever has a VF is who it was claimed
// for. At the end, when all faults are gone, nothing is left that nobody wants.

const VFS = 3;
const CONFIG = walkConfig(VFS);

const KINDS = ['direct', 'direct', 'macvtap', 'normal', 'failover'] as const;
const SCOPES = ['live', 'config', 'both', null] as const;
const MANNERS = ['willing', 'willing', 'slow', 'silent', 'crashing'] as const;

/** More of them with VIRTFN_WALKS: 10000 take some minutes. */
const WALKS = Number(process.env['VIRTFN_WALKS'] ?? 300);
const STEPS_OF_A_WALK = 16;

class Walk {
  readonly #random: () => number;
  readonly #clock = new VirtualClock();
  readonly #machine = fishMachine(this.#clock);
  readonly #mortality = new Mortality(() => this.#check());
  readonly #simulated = new SimulatedHost(this.#machine);
  readonly #hypervisor = new SimulatedHypervisor(this.#machine);
  readonly #ownPorts = new MemoryOwnPorts();
  readonly #journal = new MemoryJournal();
  readonly #vms: DomainId[];
  #fleet: Extract<FleetWish, { kind: 'known' }>['kept'] = {
    revision: 1,
    ports: [],
    removed: [],
    localPorts: [],
  };
  #isHeard = false;
  #given = 0;
  /** MACs of ports that are to be checked for spoofing. */
  readonly #guarded = new Set<string>();
  #keeper: SharedKeeper;
  readonly #host: MortalHost;
  readonly #mortal: MortalHypervisor;
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.#host = new MortalHost(this.#simulated, this.#mortality);
    this.#mortal = new MortalHypervisor(this.#hypervisor, this.#mortality);
    this.#keeper = new SharedKeeper(this.#host, this.#journal);
    this.#vms = ['web1', 'db1'].map((name) => this.#hypervisor.define(name, { slots: 3 }));
    for (const vm of this.#vms) this.#hypervisor.start(vm);
  }

  #pick<Each>(choices: readonly Each[]): Each {
    return choices[Math.floor(this.#random() * choices.length)] as Each;
  }

  #wish(): FleetWish {
    return this.#isHeard ? { kind: 'known', kept: this.#fleet } : { kind: 'unknown' };
  }

  async run(): Promise<void> {
    await this.#look();
    for (let step = 0; step < STEPS_OF_A_WALK; step += 1) {
      if (this.#random() < 0.25) this.#mortality.killAfter(1 + Math.floor(this.#random() * 8));
      await this.#something();
      await this.#look();
    }
    await this.#settle();
  }

  async #something(): Promise<void> {
    const vm = this.#pick(this.#vms);
    const name = vm === this.#vms[0] ? 'web1' : 'db1';
    const does: readonly [string, () => void | Promise<void>][] = [
      ['attach', () => this.#attach(name)],
      ['attach', () => this.#attach(name)],
      ['detach', () => this.#detach(name)],
      ['detach', () => this.#detach(name)],
      ['bind', () => this.#bind(vm)],
      ['bind', () => this.#bind(vm)],
      ['unbind', () => this.#unbind()],
      ['unbind', () => this.#unbind()],
      ['start', () => this.#start(vm)],
      ['start', () => this.#start(vm)],
      ['stop', () => this.#hypervisor.stop(vm)],
      ['pause', () => this.#hypervisor.pause(vm)],
      ['resume', () => this.#hypervisor.resume(vm)],
      ['manner', () => this.#hypervisor.setGuest(vm, this.#pick(MANNERS))],
      ['restart libvirt', () => this.#hypervisor.restartDaemon(3000)],
      ['hide', () => this.#hypervisor.setReadable(vm, this.#random() < 0.5)],
      ['wait', () => this.#clock.advance(this.#pick([100, 5000, 40_000]))],
      ['reboot', () => this.#reboot()],
      [
        'host fault',
        () =>
          this.#simulated.faults.inject({
            ...this.#pick([
              { kind: 'refuse', errno: 'EIO' },
              { kind: 'lose-answer' },
              { kind: 'hang' },
            ] as const),
            match: {
              kind: 'set-vf',
              ...this.#pick([{}, { attribute: 'spoofCheck' }, { attribute: 'spoofCheck' }] as const),
            },
            times: this.#pick([1, 3, 40]),
          }),
      ],
      [
        'fault',
        () =>
          this.#hypervisor.faults.inject({
            kind: this.#pick(['refuse', 'lose-answer', 'lose-request'] as const),
            match: {},
            times: 1,
          }),
      ],
    ];
    this.#clock.advance(500);
    const [what, act] = this.#pick(does);
    this.log.push(`${what} ${name}`);
    await act();
  }

  /** A new MAC, and whether nobody else's may be sent under it. */
  #identity(): { readonly mac: string; readonly spoofCheck: boolean } {
    this.#given += 1;
    const mac = `52:54:00:aa:00:${this.#given.toString(16).padStart(2, '0')}`;
    const spoofCheck = this.#random() < 0.6;
    if (spoofCheck) this.#guarded.add(mac);
    return { mac, spoofCheck };
  }

  #start(vm: DomainId): void {
    try {
      this.#hypervisor.start(vm);
    } catch {
      // Its configuration asks for what is not there now: it stays off, and its owner would see why.
    }
  }

  #reboot(): void {
    this.#hypervisor.reboot();
    this.#machine.reboot();
  }

  #attach(vm: string): Promise<void> {
    const kind = this.#pick(KINDS);
    return this.#ask({ ...ATTACH, vm, kind, scope: this.#pick(SCOPES), ...this.#identity() });
  }

  async #detach(vm: string): Promise<void> {
    const ports = await this.#ownPorts.list();
    const attachment = ports.length === 0 ? null : this.#pick(ports).port.attachmentId;
    await this.#ask({ ...DETACH, vm, attachment, force: this.#random() < 0.3 });
  }

  #bind(domainId: DomainId): void {
    this.#isHeard = true;
    const own = this.#journal.claims();
    const taken = new Set([...own, ...this.#fleet.ports].map(({ vfIndex }) => vfIndex));
    const free = [0, 1, 2].filter((vfIndex) => !taken.has(vfIndex));
    if (free.length === 0) return;
    const { mac, spoofCheck } = this.#identity();
    const port: DesiredPort = {
      portId: parsePortId(`p${this.#given}`),
      attachmentId: parseAttachmentId(`f${this.#given}`),
      networkId: parseNetworkId('net'),
      pf: WALK_PF,
      vfIndex: this.#pick(free),
      vnicType: this.#pick(['direct', 'macvtap'] as const),
      segment: { kind: 'vlan', physicalNetwork: WALK_NETWORK, segmentationId: 100 },
      mac: parseMacAddress(mac),
      ...PLAIN_PORT,
      portSecurityEnabled: spoofCheck,
      plug: { domainId, scope: this.#pick(['live', 'both'] as const), standby: false },
    };
    this.#fleet = { ...this.#fleet, ports: [...this.#fleet.ports, port] };
  }

  #unbind(): void {
    const { ports, removed } = this.#fleet;
    if (ports.length === 0) return;
    const gone = this.#pick(ports);
    const { portId, attachmentId } = gone;
    this.#fleet = {
      ...this.#fleet,
      ports: ports.filter((each) => each !== gone),
      removed: [...removed, { portId, attachmentId }],
    };
  }

  /** A request of the owner. Killed in the middle, it never answers. */
  async #ask(request: HostRequest): Promise<void> {
    const answered = answerRequest(request, {
      host: this.#host,
      keeper: this.#keeper,
      now: () => new Date(0),
      findings: async () => [],
      fleet: { wish: async () => this.#wish(), status: async () => ({ kind: 'no-fleet' }) },
      machines: { hypervisor: this.#mortal, ownPorts: this.#ownPorts },
      filterKeeper: null,
      clock: this.#clock,
      newUuid: () => `00000000-0000-4000-9000-${String((this.#given += 1)).padStart(12, '0')}`,
      openConfig: () => FILE,
      onStep: () => {},
      onDomainStep: () => {},
      emit: (event: HostProgramEvent) => {
        if (event.event === 'error') this.log.push(event.error.message);
        if (event.event === 'step')
          this.log.push(`  ${event.text}${event.error === null ? '' : ` ${event.error.message}`}`);
      },
      signal: new AbortController().signal,
    });
    await this.#orKilled(answered);
  }

  /** One look of the agent, and what it would tell the fleet. */
  async #look(): Promise<boolean> {
    const look = this.#keeper.withReconciler(async (reconciler) => {
      await reconciler.forgive();
      const result = await keepHost(reconciler, {
        host: this.#host,
        machines: { hypervisor: this.#mortal, ownPorts: this.#ownPorts },
        readWanted: (observed) =>
          wantedNow(FILE, observed, reconciler.claims(), {
            fleet: { wish: async () => this.#wish(), status: async () => ({ kind: 'no-fleet' }) },
            machines: { hypervisor: this.#mortal, ownPorts: this.#ownPorts },
          }),
      });
      await this.#checkTold(result);
      return result.plan.steps.length + result.domainPlan.steps.length === 0;
    });
    return (await this.#orKilled(look)) ?? false;
  }

  async #orKilled<Result>(work: Promise<Result>): Promise<Result | null> {
    const result = await Promise.race([work, this.#mortality.death()]);
    if (result !== 'killed') return result;
    this.log.push('killed');
    this.#mortality.rise();
    // The new one begins with what is on disk, in kernel and libvirt.
    this.#keeper = new SharedKeeper(this.#host, this.#journal);
    return null;
  }

  /** Whoever has a VF is who it was claimed for, and nothing is open that nobody claimed. */
  #check(): void {
    const owners = new Map(this.#journal.claims().map((claim) => [claim.vfIndex, claim.attachmentId]));
    for (const vf of this.#machine.pf(WALK_PF).vfs) {
      assert.ok(vf.users.length <= 1, `VF ${vf.vfIndex} has two users`);
    }
    for (const { vf } of openVfs(this.#machine))
      assert.ok(owners.has(vf.vfIndex), `VF ${vf.vfIndex} is open and nobody's`);
    for (const { vfIndex, attachmentId } of this.#plugged()) {
      assert.equal(owners.get(vfIndex), attachmentId, `VF ${vfIndex} is in a machine`);
      const settings = this.#machine.pf(WALK_PF).vfs[vfIndex]?.settings;
      if (this.#guarded.has(settings?.adminMac ?? ''))
        assert.equal(settings?.spoofCheck, true, `VF ${vfIndex} is in a machine and guarded`);
    }
  }

  /** VFs that running machines have, with the attachment that the interface names. */
  #plugged(): readonly { readonly vfIndex: number; readonly attachmentId: AttachmentId }[] {
    return this.#hypervisor.domains().flatMap(({ live }) =>
      live.flatMap(({ alias, source }) => {
        const owner = ownerOfAlias(alias);
        if (owner === null || source === null) return [];
        const vf = this.#machine
          .pf(WALK_PF)
          .vfs.find(
            (each) =>
              (source.kind === 'macvtap' && each.netdevName === source.netdevName) ||
              (source.kind === 'vf' &&
                vfAddress(this.#machine.pf(WALK_PF), each.vfIndex) === source.pciAddress),
          );
        return vf === undefined ? [] : [{ vfIndex: vf.vfIndex, attachmentId: owner.attachmentId }];
      }),
    );
  }

  /** A port is told to be configured only when it is, at that moment. */
  async #checkTold(result: Awaited<ReturnType<typeof keepHost>>): Promise<void> {
    const wish = this.#wish();
    const told = outcomesOfPorts(wish, { ...result.wanted, ...result });
    const plugged = this.#plugged();
    for (const outcome of told) {
      if (outcome.kind === 'released')
        assert.ok(
          !plugged.some((each) => each.attachmentId === outcome.attachmentId),
          'released and plugged',
        );
      if (outcome.kind !== 'configured') continue;
      const port = this.#fleet.ports.find((each) => each.attachmentId === outcome.attachmentId);
      const vf = this.#machine.pf(WALK_PF).vfs[port?.vfIndex ?? -1];
      assert.ok(
        plugged.some((each) => each.attachmentId === outcome.attachmentId && each.vfIndex === vf?.vfIndex),
        'configured and not plugged',
      );
      assert.equal(vf?.settings.adminMac, port?.mac);
      assert.equal(vf?.settings.vlan?.id, 100);
    }
  }

  async #settle(): Promise<void> {
    this.log.push('settle');
    this.#hypervisor.faults.clear();
    this.#simulated.faults.clear();
    this.#mortality.rise();
    this.#isHeard = true;
    for (const vm of this.#vms) {
      this.#hypervisor.setReadable(vm, true);
      this.#hypervisor.setGuest(vm, 'willing');
      this.#hypervisor.resume(vm);
    }
    for (let round = 0; round < 30; round += 1) {
      this.#clock.advance(60_000);
      // A guest that let a request pass in its bad days is asked again by its owner's restart.
      if (round === 5) for (const vm of this.#vms) this.#hypervisor.stop(vm);
      if ((await this.#look()) && round > 6) break;
    }
    await this.#checkEnd();
  }

  async #checkEnd(): Promise<void> {
    const own = await this.#ownPorts.list();
    assert.ok(
      own.every(({ leaving }) => leaving === 'no'),
      'nobody is still leaving',
    );
    const vfPorts = own.filter(({ kind }) => kind === 'vf').map(({ port }) => port.attachmentId);
    const wanted = [...vfPorts, ...this.#fleet.ports.map(({ attachmentId }) => attachmentId)].toSorted();
    const claimed = this.#journal.claims().map(({ attachmentId }) => attachmentId);
    assert.deepEqual(claimed.toSorted(), wanted, 'claims are what is wanted');
    const inDomains = this.#hypervisor
      .domains()
      .flatMap(({ live, config }) =>
        [...live, ...config].map(({ alias }) => ownerOfAlias(alias)?.attachmentId),
      );
    const all = new Set([...own.map(({ port }) => port.attachmentId), ...wanted]);
    assert.deepEqual(
      inDomains.filter((each) => each !== undefined && !all.has(each)),
      [],
      'nothing is left in machines',
    );
    const owned = new Set(this.#journal.claims().map(({ vfIndex }) => vfIndex));
    for (const vf of this.#machine.pf(WALK_PF).vfs) {
      if (owned.has(vf.vfIndex)) continue;
      assert.deepEqual(
        [vf.users.length, vf.settings.adminMac, vf.settings.vlan, vf.driver],
        [0, null, null, null],
        `VF ${vf.vfIndex} is closed`,
      );
    }
  }
}

const ATTACH = {
  ...PLAIN_ATTACH,
  physicalNetwork: WALK_NETWORK,
  vlanId: null,
} as const;

const DETACH = { request: 'detach', configFile: null, waitSeconds: 2, dryRun: false } as const;

const FILE = {
  name: 'host.yaml',
  read: async () => 'there',
  write: async () => assert.fail('nobody writes it'),
  parse: async () => CONFIG,
};

describe('ports in virtual machines, over random schedules', () => {
  it(`pains 5, 6, 22: ${WALKS} walks leave no VF with two owners, none leaked, and tell no port ACTIVE that is not`, async () => {
    const first = Number(process.env['VIRTFN_FIRST_WALK'] ?? 1);
    for (let seed = first; seed < first + WALKS; seed += 1) {
      const walk = new Walk(seed);
      await walk.run().catch((error: unknown) => {
        throw new Error(`walk ${seed}: ${walk.log.join('\n')}`, { cause: error });
      });
    }
  });
});
