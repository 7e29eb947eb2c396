import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import {
  fishMachine,
  observeMachine,
  seededRandom,
  SimulatedHost,
  SimulatedHypervisor,
  SimulatedPacketFilters,
  VirtualClock,
} from '@virtfn/host-simulator';
import {
  parseAttachmentId,
  parseIpPrefix,
  parseMacAddress,
  parseNetworkId,
  parsePortId,
  type PortFilter,
} from '@virtfn/model';
import { keepHost } from '../domains/index.ts';
import { WALK_NETWORK, WALK_PF, walkConfig } from '../domains/walk-config.ts';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import { wantedNow } from '../requests/index.ts';
import { FilterKeeper } from './filter-keeper.ts';

const NUM_VFS = 4;

/** A filter that differs from others by what it lets in. */
function filterFor(mac: DesiredPort['mac'], tcpPort: number): PortFilter {
  return {
    sources: [{ mac, prefix: parseIpPrefix('192.0.2.1/32') }],
    rules: [
      {
        direction: 'ingress',
        ethertype: 'IPv4',
        match: { kind: 'protocol', protocol: 6, ports: { first: tcpPort, last: tcpPort } },
        remotes: null,
        isStateful: true,
      },
    ],
  };
}

function portOn(vfIndex: number, attachment: string, tcpPort: number | null): DesiredPort {
  const mac = parseMacAddress(`52:54:00:aa:00:0${vfIndex}`);
  return {
    portId: parsePortId(`p-${attachment}`),
    attachmentId: parseAttachmentId(attachment),
    networkId: parseNetworkId('net'),
    pf: WALK_PF,
    vfIndex,
    vnicType: 'macvtap',
    segment: { kind: 'flat', physicalNetwork: WALK_NETWORK },
    mac,
    ...PLAIN_PORT,
    filter: tcpPort === null ? null : filterFor(mac, tcpPort),
  };
}

class Rig {
  readonly machine = fishMachine(new VirtualClock());
  readonly filters = new SimulatedPacketFilters(() =>
    observeMachine(this.machine).pfs.flatMap((pf) => pf.vfs.flatMap(({ netdevName }) => netdevName ?? [])),
  );
  readonly hypervisor = new SimulatedHypervisor(this.machine);
  readonly #host = new SimulatedHost(this.machine);
  readonly #machines = { hypervisor: this.hypervisor, ownPorts: new MemoryOwnPorts() };
  readonly #reconciler = new Reconciler(this.#host, new MemoryJournal());
  #keeper = new FilterKeeper(this.filters);

  /** Another run of the agent. */
  restart(): void {
    this.filters.restartProgram();
    this.#keeper = new FilterKeeper(this.filters);
  }

  get canFilter(): boolean | null {
    return this.#keeper.canFilter;
  }

  watch(listener: () => void): () => void {
    return this.#keeper.watch(listener);
  }

  keep(ports: readonly DesiredPort[], removed: readonly DesiredPort[] = []) {
    const kept = { revision: 1, ports, removed, localPorts: [] };
    const fleet = {
      wish: async () => ({ kind: 'known', kept }) as const,
      status: async () => ({ kind: 'no-fleet' }) as const,
    };
    const file = {
      name: 'host.yaml',
      read: async () => 'there',
      parse: async () => walkConfig(NUM_VFS),
      write: async () => assert.fail('nobody writes it'),
    };
    const machines = this.#machines;
    return keepHost(this.#reconciler, {
      host: this.#host,
      machines,
      filterKeeper: this.#keeper,
      readWanted: (observed) => wantedNow(file, observed, this.#reconciler.claims(), { fleet, machines }),
    });
  }

  filterOf(vfIndex: number): PortFilter | null {
    const vf = observeMachine(this.machine).pfs.find((pf) => pf.pciAddress === WALK_PF)?.vfs[vfIndex];
    assert.ok(vf !== undefined);
    return this.filters.filterOn(vf.pciAddress)?.filter ?? null;
  }
}

const FAULTS = [
  { kind: 'unavailable', times: 2 },
  { kind: 'refuse', match: {}, times: 2 },
  { kind: 'lose-answer', match: {}, times: 1 },
  { kind: 'lose-request', match: {}, times: 1 },
  { kind: 'lose-look', times: 1 },
] as const;

describe('FilterKeeper', () => {
  it('on walks under every fault tells no port without its filter that it has it, and converges', async () => {
    let compared = 0;
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = seededRandom(seed);
      const pick = (count: number): number => Math.floor(random() * count);
      const rig = new Rig();
      const ports = new Map<number, DesiredPort>();
      const removed: DesiredPort[] = [];
      const keep = () => rig.keep([...ports.values()], removed);
      for (let turn = 0; turn < 25; turn += 1) {
        const vfIndex = pick(NUM_VFS);
        const before = ports.get(vfIndex);
        const action = pick(8);
        if (action <= 2) {
          const attachment = before === undefined || random() < 0.3 ? `a${turn}` : before.attachmentId;
          if (before !== undefined && before.attachmentId !== attachment) removed.push(before);
          ports.set(vfIndex, portOn(vfIndex, attachment, random() < 0.2 ? null : pick(3)));
        } else if (action === 3 && before !== undefined) {
          removed.push(before);
          ports.delete(vfIndex);
        } else if (action === 4) rig.filters.flushAll();
        else if (action === 5) rig.restart();
        else {
          const fault = FAULTS[pick(FAULTS.length)];
          if (fault !== undefined) rig.filters.faults.inject(fault);
        }
        const { filterFailures, observed } = await keep();
        for (const [index, port] of ports) {
          const vf = observed.pfs.find((pf) => pf.pciAddress === WALK_PF)?.vfs[index];
          if (vf?.attachmentId !== port.attachmentId || filterFailures.has(port.attachmentId)) continue;
          if (port.filter === null) continue;
          assert.deepEqual(rig.filterOf(index), port.filter, `seed ${seed}, turn ${turn}`);
          compared += 1;
        }
      }
      rig.filters.faults.clear();
      assert.deepEqual([...(await keep()).filterFailures], []);
      for (let index = 0; index < NUM_VFS; index += 1)
        assert.deepEqual(rig.filterOf(index), ports.get(index)?.filter ?? null, `seed ${seed}, VF ${index}`);
    }
    assert.ok(compared > 500, `${compared} filters compared`);
  });

  it('a port without its filter is not plugged, and is as soon as it has it', async () => {
    const rig = new Rig();
    const domainId = rig.hypervisor.define('web');
    rig.hypervisor.start(domainId);
    const port: DesiredPort = {
      ...portOn(0, 'a1', 80),
      plug: { domainId, scope: 'live', standby: false, move: null },
    };
    const plugged = async () =>
      (await rig.hypervisor.observe()).flatMap(({ live }) => live.map(({ source }) => source?.kind));
    rig.filters.faults.inject({ kind: 'refuse', match: {}, times: Infinity });
    const { filterFailures, domainPlan } = await rig.keep([port]);
    assert.equal(filterFailures.get(port.attachmentId)?.code, 'FILTER_REFUSED');
    assert.deepEqual([domainPlan.steps, await plugged()], [[], []]);
    rig.filters.faults.clear();
    await rig.keep([port]);
    assert.deepEqual(await plugged(), ['macvtap']);
    // Its guest keeps it, or has not let go yet: so does the filter stay.
    rig.hypervisor.setGuest(domainId, 'silent');
    await rig.keep([], [port]);
    assert.deepEqual(await plugged(), ['macvtap']);
    assert.deepEqual(rig.filterOf(0), port.filter);
  });

  it('tells of filters that somebody else has changed, and not of its own doing', async () => {
    const rig = new Rig();
    let told = 0;
    const stop = rig.watch(() => (told += 1));
    await rig.keep([portOn(0, 'a1', 80)]);
    await rig.keep([portOn(0, 'a1', 81)]);
    assert.equal(told, 0);
    rig.filters.flushAll();
    assert.equal(told, 1);
    stop();
    rig.filters.flushAll();
    assert.equal(told, 1);
  });

  it('knows whether the host filters before any port wants it', async () => {
    const rig = new Rig();
    assert.equal(rig.canFilter, null);
    rig.filters.faults.inject({ kind: 'unavailable', times: 1 });
    await rig.keep([]);
    assert.equal(rig.canFilter, false);
    assert.deepEqual([...(await rig.keep([portOn(0, 'a1', 80)])).filterFailures], []);
    assert.equal(rig.canFilter, true);
  });
});
