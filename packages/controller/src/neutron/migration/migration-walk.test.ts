import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, type MigrationDocument } from '@virtfn/contract';
import type { DesiredPort, PortOutcome } from '@virtfn/contract/agent-link';
import { seededRandom } from '@virtfn/host-simulator';
import { isSriovError, parseDomainId, parseHostId } from '@virtfn/model';
import { StoreFleetBackend } from '../../inventory/index.ts';
import { listClaims } from '../../store/index.ts';
import { DATABASES, type DatabaseRig } from '../../testing/index.ts';
import { vfSpace } from '../binding/taken.ts';
import { ADMIN, NeutronRig } from '../testing/index.ts';

// A machine with two ports is moved between two hosts, again and again, while what their agents say comes in any order, twice,
// late or not at all, agents come and go, and operators change their mind. After every step: no VF has two owners, and a port
// that is ACTIVE is bound where an agent has said of its present attachment that it works. At rest each port has one VF, on
// the host where the machine runs, and neither host is asked for anything else.

const DOMAIN = parseDomainId('6b8f2f0e-0d0f-4c3c-9d3a-3f6a5d1b7c10');
const HOSTS = ['compute1', 'compute2'] as const;
type Host = (typeof HOSTS)[number];
/** Each part of them begins anew, on a database of its own. */
const WALKS_A_PART = Number(process.env['VIRTFN_WALKS'] ?? 40);
const PARTS: Readonly<Record<string, number>> = { SQLite: 6, PostgreSQL: 1 };

/** What a host's agent and libvirt come to: where the machine runs is the world's, not the controller's. */
class World {
  readonly rig: NeutronRig;
  readonly backend: StoreFleetBackend;
  readonly client: Client;
  readonly portIds: readonly string[];
  /** Attachments that an agent has said to be configured. */
  readonly said = new Set<string>();
  readonly log: string[] = [];
  /** How migrations have ended. */
  readonly ends = new Set<MigrationDocument['state']>();
  readonly #random: () => number;
  readonly #sessions = new Map<Host, { readonly sessionId: string; readonly told: Map<string, string> }>();
  #home: Host = 'compute1';
  /** By migration: what has failed is not tried again. */
  readonly #failed = new Set<string>();

  constructor(rig: NeutronRig, portIds: readonly string[], random: () => number) {
    this.rig = rig;
    this.portIds = portIds;
    this.#random = random;
    this.backend = new StoreFleetBackend(rig.store, rig.controller.fleet);
    this.client = new Client(async ({ method, path, body }) => {
      const answer = await rig.controller.server.inject({
        method: method as 'GET',
        url: path,
        headers: { ...ADMIN, ...(body === null ? {} : { 'content-type': 'application/json' }) },
        ...(body === null ? {} : { payload: body }),
      });
      return { status: answer.statusCode, body: answer.body };
    });
  }

  async connect(host: Host): Promise<void> {
    const sessionId = crypto.randomUUID();
    this.#sessions.set(host, { sessionId, told: new Map() });
    await this.backend.connected(parseHostId(host), {
      sessionId,
      bootId: 'b',
      version: '0',
      at: this.rig.now(),
      certifiedAt: this.rig.now(),
    });
  }

  async disconnect(host: Host): Promise<void> {
    const session = this.#sessions.get(host);
    if (session === undefined) return;
    this.log.push(`${host} goes`);
    this.#sessions.delete(host);
    await this.backend.disconnected(parseHostId(host), session.sessionId);
  }

  other(): Host {
    return this.#home === 'compute1' ? 'compute2' : 'compute1';
  }

  async desired(host: Host): Promise<readonly DesiredPort[]> {
    return (await this.backend.desiredSince(parseHostId(host), null)).ports;
  }

  /** One look of the agent of a host; `mayFail`: anything may go wrong in it. */
  async look(host: Host, mayFail: boolean): Promise<void> {
    const session = this.#sessions.get(host);
    if (session === undefined) return;
    const { ports, removed } = await this.backend.desiredSince(parseHostId(host), null);
    const outcomes: PortOutcome[] = removed.map((each) => ({ kind: 'released', ...each }));
    for (const port of ports) {
      const outcome = await this.#outcomeOf(host, port, ports, mayFail);
      if (outcome !== null) outcomes.push(outcome);
    }
    const shuffled = outcomes
      .map((outcome) => ({ outcome, place: this.#random() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ outcome }) => outcome)
      // Some are not known yet, and told at another look; what was told is not told again.
      .filter(() => !mayFail || this.#random() > 0.2)
      .filter((each) => session.told.get(each.attachmentId) !== JSON.stringify(each));
    const present = new Set(outcomes.map((each) => String(each.attachmentId)));
    for (const id of session.told.keys()) if (!present.has(id)) session.told.delete(id);
    for (const each of shuffled) session.told.set(each.attachmentId, JSON.stringify(each));
    for (const outcome of shuffled) {
      this.log.push(`${host} ${outcome.kind} ${outcome.attachmentId.slice(0, 4)}`);
      if (outcome.kind === 'configured') this.said.add(outcome.attachmentId);
    }
    if (shuffled.length > 0) await this.backend.outcomes(parseHostId(host), shuffled);
    if (mayFail && shuffled.length > 0 && this.#random() < 0.1)
      await this.backend.outcomes(parseHostId(host), shuffled);
  }

  async #outcomeOf(
    host: Host,
    port: DesiredPort,
    all: readonly DesiredPort[],
    mayFail: boolean,
  ): Promise<PortOutcome | null> {
    const { portId, attachmentId, plug } = port;
    const ref = { portId, attachmentId };
    const failed = (code: string, hasArrived = false): PortOutcome => ({
      kind: 'failed',
      ...ref,
      code,
      message: 'Cannot do it',
      hint: '',
      ...(hasArrived ? { hasArrived } : {}),
    });
    const move = plug?.move ?? null;
    const isHere = this.#home === host;
    if (move?.kind === 'departing') {
      if (!isHere) return null;
      if (this.#failed.has(move.migrationId)) return failed('MIGRATION_FAILED');
      const dice = this.#random();
      if (mayFail && dice < 0.15) {
        this.#failed.add(move.migrationId);
        return failed('MIGRATION_FAILED');
      }
      if (dice < 0.6 && all.every((each) => each.plug?.move?.kind === 'departing')) {
        this.log.push(`it goes to ${this.other()}`);
        this.#home = this.other();
        await this.tellMachine();
      }
      return null;
    }
    if (move?.kind === 'arriving' && !isHere) {
      if (mayFail && this.#random() < 0.1) return failed('KERNEL_REFUSED');
      return {
        kind: 'prepared',
        ...ref,
        uri: `qemu+tls://${host}/system`,
        pciAddress: port.pf,
        netdevName: null,
        bridge: null,
      };
    }
    if (!isHere) return failed('VM_UNKNOWN');
    if (move?.kind === 'arriving' && mayFail && this.#random() < 0.15) return failed('NO_PCIE_SLOT', true);
    return { kind: 'configured', ...ref, settings: null };
  }

  /** libvirt tells both agents at once where the machine is. */
  async tellMachine(): Promise<void> {
    for (const host of HOSTS) {
      const report = this.rig.controller.fleet.report(host);
      assert.ok(report !== undefined);
      const machines = [
        {
          domainId: DOMAIN,
          name: 'web1',
          state: host === this.#home ? 'running' : 'shut-off',
        } as const,
      ];
      await this.rig.controller.report({ ...report, machines });
      const isHeard = (): boolean =>
        this.rig.controller.fleet.report(host)?.machines?.[0]?.state === machines[0]?.state;
      // A database tells its followers when it gets to it: each question to it lets time go by.
      while (!isHeard()) await this.rig.store.revision();
    }
  }

  async migrate(): Promise<MigrationDocument | null> {
    try {
      const migration = await this.client.call('startMigration', {}, { vm: 'web1', to: this.other() });
      this.log.push(`begin ${this.other()}`);
      return migration;
    } catch (error) {
      assert.ok(isSriovError(error, 'MIGRATION_REFUSED'), String(error));
      return null;
    }
  }

  async giveUp(): Promise<void> {
    for (const state of ['preparing', 'moving'] as const) {
      const { migrations } = await this.client.call('listMigrations', {}, null, { state });
      for (const { migrationId } of migrations) {
        this.log.push('give up');
        await this.client.call('cancelMigration', { migrationId }, null).catch((error: unknown) => {
          assert.ok(isSriovError(error, 'MIGRATION_REFUSED'), String(error));
        });
      }
    }
  }

  async check(): Promise<void> {
    const { attachments } = await this.client.call('listAttachments', {}, null, { limit: 1000 });
    const places = attachments.map(({ hostId, pf, vfIndex }) => `${hostId} ${pf} ${vfIndex}`);
    assert.equal(new Set(places).size, places.length, 'a VF has two owners');
    for (const portId of this.portIds) {
      const port = await this.rig.show(`ports/${portId}`);
      if (port['status'] !== 'ACTIVE') continue;
      const here = attachments.find(
        (each) => each.portId === portId && each.hostId === port['binding:host_id'],
      );
      assert.ok(here !== undefined && this.said.has(here.attachmentId), 'ACTIVE, and nobody said so');
    }
  }

  async checkAtRest(): Promise<void> {
    const { migrations } = await this.client.call('listMigrations', {}, null, { limit: 1000 });
    const open = migrations.filter(({ endedAt }) => endedAt === null);
    assert.deepEqual(open, [], 'all migrations have ended');
    for (const { state } of migrations) this.ends.add(state);
    const { attachments } = await this.client.call('listAttachments', {}, null, { limit: 1000 });
    assert.deepEqual(
      attachments.map(({ portId }) => portId).toSorted(),
      this.portIds.toSorted(),
      'one VF each',
    );
    for (const { hostId, state, vm } of attachments) {
      assert.deepEqual([hostId, state, vm?.move, vm?.name], [this.#home, 'configured', null, 'web1']);
    }
    for (const portId of this.portIds) {
      const port = await this.rig.show(`ports/${portId}`);
      assert.deepEqual([port['status'], port['binding:host_id']], ['ACTIVE', this.#home]);
      const here = attachments.find((each) => each.portId === portId);
      assert.equal((port['binding:profile'] as { pci_slot?: string }).pci_slot, here?.pciAddress);
    }
    for (const host of HOSTS) {
      const claims = await this.rig.store.read('read the claims', (db) => listClaims(db, vfSpace(host)));
      const mine = attachments
        .filter(({ hostId }) => hostId === host)
        .map(({ attachmentId }) => attachmentId);
      assert.deepEqual(claims.map(({ owner }) => owner).toSorted(), mine.toSorted(), 'no VF is leaked');
      const desired = await this.desired(host);
      assert.deepEqual(desired.map(({ attachmentId }) => String(attachmentId)).toSorted(), mine.toSorted());
      assert.ok(
        desired.every(({ plug }) => (plug?.move ?? null) === null),
        'nothing moves',
      );
    }
  }
}

for (const { name, skip, open } of DATABASES) {
  describe(`live migrations on ${name}, over random schedules`, { skip }, () => {
    let databases: DatabaseRig;
    before(async () => {
      databases = await open();
    });
    after(() => databases.dispose());

    for (let part = 1; part <= (PARTS[name] ?? 1); part += 1) {
      it(`pain 7: ${WALKS_A_PART} walks of seed ${part} leave each port with one VF, where its machine runs`, async () => {
        await using rig = await NeutronRig.start({}, [...HOSTS], await databases.createDatabase());
        await walkMany(rig, seededRandom(part));
      });
    }
  });
}

async function walkMany(rig: NeutronRig, random: () => number): Promise<void> {
  const { id: networkId } = await rig.make('networks', 'network', {
    'provider:network_type': 'vlan',
    'provider:physical_network': 'physnet1',
  });
  const ports = [
    await rig.make('ports', 'port', { network_id: networkId }),
    await rig.make('ports', 'port', { network_id: networkId }),
  ];
  const world = new World(
    rig,
    ports.map(({ id }) => id),
    random,
  );
  for (const host of HOSTS) await world.connect(host);
  await world.tellMachine();
  for (const [index, portId] of world.portIds.entries()) {
    const kind = index === 0 ? 'direct' : 'failover';
    await world.client.call('attachPort', { portId }, { vm: 'web1', hostId: null, kind, scope: 'live' });
  }
  await world.look('compute1', false);
  await world.checkAtRest();
  for (let walk = 0; walk < WALKS_A_PART; walk += 1) {
    world.log.length = 0;
    await walkOnce(world, random).catch((error: unknown) => {
      throw new Error(`walk ${walk}: ${world.log.join('\n')}`, { cause: error });
    });
  }
  assert.deepEqual([...world.ends].toSorted(), ['done', 'failed'], 'they end in both ways');
}

async function walkOnce(world: World, random: () => number): Promise<void> {
  await world.migrate();
  for (let step = 0; step < 8; step += 1) {
    const host = random() < 0.5 ? 'compute1' : 'compute2';
    const dice = random();
    if (dice < 0.06) await world.disconnect(host);
    else if (dice < 0.2) await world.connect(host);
    else if (dice < 0.25) await world.giveUp();
    else if (dice < 0.3) await world.migrate();
    else await world.look(host, true);
    await world.check();
  }
  world.log.push('settle');
  for (const host of HOSTS) await world.connect(host);
  for (let round = 0; round < 12; round += 1) for (const host of HOSTS) await world.look(host, false);
  await world.check();
  await world.checkAtRest();
}
