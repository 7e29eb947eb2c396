import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import { fishMachine, SimulatedHost, SimulatedHypervisor, VirtualClock } from '@virtfn/host-simulator';
import {
  type DomainId,
  ownAttachmentId,
  parseAttachmentId,
  parseMacAddress,
  parseNetworkId,
  parsePortId,
} from '@virtfn/model';
import { MemoryJournal, MemoryOwnPorts } from '../journal/index.ts';
import { outcomesOfPorts } from '../ports/outcomes-of-ports.ts';
import { Reconciler } from '../reconcile/index.ts';
import { wantedNow } from '../requests/index.ts';
import { keepHost } from './keep-host.ts';
import { WALK_NETWORK, WALK_PF, walkConfig } from './walk-config.ts';

// One machine of the host cannot be read: the others are served, and what it may have is left as it is.

function portOf(number: number, domainId: DomainId): DesiredPort {
  return {
    portId: parsePortId(`p${number}`),
    attachmentId: parseAttachmentId(`a${number}`),
    networkId: parseNetworkId('net'),
    pf: WALK_PF,
    vfIndex: number,
    vnicType: 'direct',
    segment: { kind: 'flat', physicalNetwork: WALK_NETWORK },
    mac: parseMacAddress(`52:54:00:aa:00:0${number}`),
    ...PLAIN_PORT,
    plug: { domainId, scope: 'both', standby: false },
  };
}

function openRig() {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  const hypervisor = new SimulatedHypervisor(machine);
  const reconciler = new Reconciler(host, new MemoryJournal());
  const machines = { hypervisor, ownPorts: new MemoryOwnPorts() };
  const [web, db] = [hypervisor.define('web'), hypervisor.define('db')];
  for (const domainId of [web, db]) hypervisor.start(domainId);
  const file = {
    name: 'host.yaml',
    read: async () => 'there',
    parse: async () => walkConfig(3),
    write: async () => assert.fail('nobody writes it'),
  };
  /** One look, and what is told of each port. */
  const keep = async (ports: readonly DesiredPort[], removed: readonly DesiredPort[] = []) => {
    const wish = { kind: 'known', kept: { revision: 1, ports, removed, localPorts: [] } } as const;
    const fleet = { wish: async () => wish, status: async () => ({ kind: 'no-fleet' }) as const };
    const result = await keepHost(reconciler, {
      host,
      machines,
      readWanted: (observed) => wantedNow(file, observed, reconciler.claims(), { fleet, machines }),
    });
    return outcomesOfPorts(wish, { ...result, ...result.wanted, migrationUri: '' }).map(
      ({ portId, ...outcome }) => `${portId} ${outcome.kind === 'failed' ? outcome.code : outcome.kind}`,
    );
  };
  const has = (domainId: DomainId) =>
    hypervisor.domains().find((each) => each.domainId === domainId)?.live.length;
  return {
    hypervisor,
    machines,
    web,
    db,
    keep,
    has,
    macOf: (vfIndex: number) => machine.pf(WALK_PF).vfs[vfIndex]?.settings.adminMac,
    claims: () => reconciler.claims().map(({ attachmentId }) => attachmentId),
  };
}

describe('keepHost(), where one machine cannot be read', () => {
  it('plugs and unplugs in the others, and tells of the ports of that one why nothing comes of them', async () => {
    const { hypervisor, web, db, keep, has } = openRig();
    const inDb = portOf(1, db);
    hypervisor.setReadable(web, false);
    assert.deepEqual(await keep([portOf(0, web), inDb]), ['p0 HYPERVISOR_REFUSED', 'p1 configured']);
    assert.deepEqual([has(web), has(db)], [0, 1]);
    await keep([portOf(0, web)], [inDb]);
    assert.deepEqual([has(web), has(db)], [0, 0]);
    hypervisor.setReadable(web, true);
    assert.deepEqual(await keep([portOf(0, web)], [inDb]), ['p0 configured', 'p1 released']);
  });

  for (const isOff of [false, true])
    it(`closes no VF that the machine may have, ${isOff ? 'written down' : 'running'}, and gives it to nobody`, async () => {
      const { hypervisor, web, db, keep, macOf, claims } = openRig();
      const [port, later] = [portOf(0, web), { ...portOf(1, db), vfIndex: 0 }];
      assert.deepEqual(await keep([port]), ['p0 configured']);
      // Of what is only written down, the kernel knows nothing.
      if (isOff) hypervisor.stop(web);
      await keep([port]);
      hypervisor.setReadable(web, false);
      for (const wanted of [[], [later]]) {
        const told = await keep(wanted, [port]);
        assert.ok(!told.includes('p0 released') && !told.includes('p1 configured'), told.join());
        assert.deepEqual([macOf(0), claims()], [port.mac, [port.attachmentId]]);
      }
      hypervisor.setReadable(web, true);
      await keep([later], [port]);
      assert.deepEqual(await keep([later], [port]), ['p1 configured', 'p0 released']);
    });

  it('forgets nothing that its owner attached, or took away', async () => {
    const { hypervisor, machines, web, keep, has } = openRig();
    const uuid = '00000000-0000-4000-9000-000000000001';
    const port = { ...portOf(0, web), attachmentId: ownAttachmentId(uuid) };
    const plug = { domainId: web, scope: 'live', standby: false } as const;
    await machines.ownPorts.put({ kind: 'vf', leaving: 'no', port: { ...port, plug } });
    await keep([]);
    assert.equal(has(web), 1);
    hypervisor.setReadable(web, false);
    for (const leaving of ['no', 'asked'] as const) {
      await machines.ownPorts.put({ kind: 'vf', leaving, port: { ...port, plug } });
      await keep([]);
      assert.deepEqual([(await machines.ownPorts.list()).length, has(web)], [1, 1]);
    }
    hypervisor.setReadable(web, true);
    await keep([]);
    assert.deepEqual([await machines.ownPorts.list(), has(web)], [[], 0]);
  });
});
