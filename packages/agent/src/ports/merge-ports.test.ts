import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DesiredPort, LocalPort } from '@virtfn/contract/agent-link';
import { PLAIN_PORT } from '@virtfn/contract/agent-link/testing';
import { fishMachine, openVfs, SimulatedHost, VirtualClock } from '@virtfn/host-simulator';
import {
  type ConfiguredHost,
  type DesiredPf,
  interfaceAlias,
  type MacAddress,
  parseAttachmentId,
  parseDomainId,
  parseMacAddress,
  parseNetworkId,
  parsePciAddress,
  parsePhysicalNetwork,
  parsePortId,
  type PhysicalNetwork,
} from '@virtfn/model';
import { MemoryJournal } from '../journal/index.ts';
import { Reconciler } from '../reconcile/index.ts';
import type { FleetWish } from './fleet-wish.ts';
import { mergePorts } from './merge-ports.ts';
import { outcomesOfPorts } from './outcomes-of-ports.ts';

const PF = parsePciAddress('0000:82:00.0');
const WHOLE = parsePciAddress('0000:82:00.1');
const UNLISTED = parsePciAddress('0000:07:00.0');
const NET = parsePhysicalNetwork('physnet1');
const A1 = parseAttachmentId('a1');

const PORT: DesiredPort = {
  portId: parsePortId('p1'),
  attachmentId: A1,
  networkId: parseNetworkId('net'),
  pf: PF,
  vfIndex: 1,
  vnicType: 'direct',
  segment: { kind: 'vlan', physicalNetwork: NET, segmentationId: 100 },
  mac: parseMacAddress('52:54:00:aa:00:01'),
  ...PLAIN_PORT,
};

function configured(numVfs: number, vfs: DesiredPf['vfs'] = []): ConfiguredHost {
  const rest = { moduleOption: null, eswitchMode: null, adminUp: true, mtu: null, localMacs: [] };
  return {
    desired: {
      pfs: [
        { pf: PF, numVfs, vfs, ...rest },
        { pf: WHOLE, numVfs: 0, vfs: [], ...rest },
      ],
      releases: [],
      evict: [],
      reloadDriver: false,
    },
    physicalNetworks: new Map([
      [PF, [NET]],
      [WHOLE, [NET]],
    ]),
    bridges: [],
    migrationUri: 'qemu+tls://fish/system',
  };
}

const known = (...ports: readonly DesiredPort[]) =>
  ({ kind: 'known', kept: { revision: 1, ports, removed: [], localPorts: [] } }) as const;

function openRig() {
  const machine = fishMachine(new VirtualClock());
  const host = new SimulatedHost(machine);
  return { machine, host, journal: new MemoryJournal() };
}

describe('mergePorts()', () => {
  for (const { name, port, want, vfs = [] } of [
    { name: 'a PF that is not there', port: { pf: parsePciAddress('0000:99:00.0') }, want: 'PF_UNKNOWN' },
    { name: 'a PF that host.yaml does not list', port: { pf: UNLISTED }, want: 'PF_NOT_SHARED' },
    { name: 'a VF beyond those that host.yaml asks for', port: { vfIndex: 4 }, want: 'VF_INDEX_INVALID' },
    {
      name: 'a VF that host.yaml reserves',
      port: {},
      vfs: [{ kind: 'unmanaged', vfIndex: 1 } as const],
      want: 'VF_RESERVED',
    },
    {
      name: 'a network that the PF is not joined to',
      port: { segment: { kind: 'flat', physicalNetwork: parsePhysicalNetwork('physnet2') } as const },
      want: 'NETWORK_UNREACHABLE',
    },
    {
      name: "an attachment with the name of one of the host's own",
      port: { attachmentId: parseAttachmentId('host.0000-82-00.0.0') },
      want: 'DESIRED_CONFLICT',
    },
    { name: 'a whole PF for a kind that takes a VF', port: { vfIndex: null }, want: 'DESIRED_CONFLICT' },
    {
      name: 'a whole PF that has VFs',
      port: { vfIndex: null, vnicType: 'direct-physical' as const },
      want: 'PF_HAS_VFS',
    },
  ]) {
    it(`refuses ${name}, and serves its neighbour`, async () => {
      const { host } = openRig();
      const neighbour = { ...PORT, attachmentId: parseAttachmentId('a2'), vfIndex: 2 };
      const bad = { ...PORT, ...port };
      const merged = mergePorts(
        configured(4, vfs),
        { fleet: known(bad, neighbour), own: [] },
        [],
        await host.observe(),
      );
      assert.equal(merged.failed.get(bad.attachmentId)?.code, want);
      assert.deepEqual([...merged.spared], [bad.attachmentId]);
      const attached = merged.desired.pfs.flatMap((pf) => pf.vfs).filter((vf) => vf.kind === 'attached');
      assert.deepEqual(
        attached.map(({ attachmentId }) => attachmentId),
        ['a2'],
      );
    });
  }

  it('pain 8: has the VFs of a PF reach the ports on the host that are on its wires, each MAC once', async () => {
    const { host } = openRig();
    const [own, near, far] = ['01', '02', '03'].map((end) => parseMacAddress(`52:54:00:bb:00:${end}`));
    assert.ok(own !== undefined && near !== undefined && far !== undefined);
    const { desired, ...rest } = configured(4);
    const withOwn = desired.pfs.map((pf) => (pf.pf === PF ? { ...pf, localMacs: [own] } : pf));
    const local = (end: string, mac: MacAddress, physicalNetwork: PhysicalNetwork): LocalPort => ({
      portId: parsePortId(`local-${end}`),
      mac,
      physicalNetwork,
      vlanId: 100,
    });
    const localPorts = [
      local('1', near, NET),
      local('2', near, NET),
      local('3', own, NET),
      local('4', far, parsePhysicalNetwork('physnet2')),
    ];
    const merge = async (wish: FleetWish): Promise<readonly unknown[]> => {
      const merged = mergePorts(
        { ...rest, desired: { ...desired, pfs: withOwn } },
        { fleet: wish, own: [] },
        [],
        await host.observe(),
      );
      return merged.desired.pfs.map(({ localMacs }) => localMacs);
    };
    const kept = { revision: 1, ports: [], removed: [], localPorts };
    assert.deepEqual(await merge({ kind: 'known', kept }), [
      [own, near],
      [near, own],
    ]);
    assert.deepEqual(await merge({ kind: 'no-fleet' }), [[own], []]);
    assert.deepEqual(await merge({ kind: 'unknown' }), [null, null], 'they stay as they are');
  });

  it('refuses the second of two ports for one VF, and an attachment that is listed twice', async () => {
    const { host } = openRig();
    const second = { ...PORT, attachmentId: parseAttachmentId('a2') };
    const third = { ...PORT, vfIndex: 3 };
    const { failed } = mergePorts(
      configured(4),
      { fleet: known(PORT, second), own: [] },
      [],
      await host.observe(),
    );
    assert.deepEqual([...failed.keys()], ['a2']);
    const twice = mergePorts(configured(4), { fleet: known(PORT, third), own: [] }, [], await host.observe());
    assert.equal(twice.failed.get(A1)?.code, 'DESIRED_CONFLICT');
  });

  it('leaves a PF alone that is given away whole', async () => {
    const { host } = openRig();
    const port = { ...PORT, pf: WHOLE, vfIndex: null, vnicType: 'direct-physical' } as const;
    const wish = known(port);
    const merged = mergePorts(configured(4), { fleet: wish, own: [] }, [], await host.observe());
    assert.deepEqual(
      merged.desired.pfs.map(({ pf }) => pf),
      [PF],
    );
    const reconciler = new Reconciler(host, new MemoryJournal());
    const { observed, plan } = await reconciler.reconcile(merged.desired, merged);
    assert.deepEqual(
      outcomesOfPorts(wish, {
        observed,
        plan,
        ...merged,
        domains: null,
        isBlind: false,
        domainPlan: { steps: [], refusals: [], ended: [] },
        filterFailures: new Map(),
      }),
      [{ kind: 'configured', portId: 'p1', attachmentId: 'a1', settings: null }],
    );
  });

  it('has machines looked at for a whole PF that is taken back, which is free when none has it', async () => {
    const { host } = openRig();
    const removed = [{ portId: PORT.portId, attachmentId: A1 }];
    const wish = { kind: 'known', kept: { revision: 2, ports: [], removed, localPorts: [] } } as const;
    const merged = mergePorts(configured(4), { fleet: wish, own: [] }, [], await host.observe());
    assert.equal(merged.mayBePlugged, true);
    const reconciler = new Reconciler(host, new MemoryJournal());
    const result = await reconciler.reconcile(merged.desired, merged);
    const rest = { ...result, ...merged, filterFailures: new Map() };
    const domainPlan = { steps: [], refusals: [], ended: [] };
    const has = (alias: string) => [
      {
        domainId: parseDomainId('00000000-0000-4000-8000-000000000001'),
        name: 'web',
        state: 'running',
        isPersistent: true,
        live: [{ alias, mac: PORT.mac, vlanId: null, source: null, teaming: null }],
        config: [],
        unread: null,
      } as const,
    ];
    const told = (domains: Parameters<typeof outcomesOfPorts>[1]['domains'], isBlind: boolean) =>
      outcomesOfPorts(wish, { ...rest, domains, isBlind, domainPlan }).map(({ kind }) => kind);
    assert.deepEqual(told(null, true), []);
    assert.deepEqual(told(has(interfaceAlias(A1, 'port')), false), []);
    assert.deepEqual(told(has('ua-other'), false), ['released']);
    assert.deepEqual(told(null, false), ['released'], 'this host has no machines');
  });

  for (const { name, wish, later } of [
    {
      name: 'before the controller has said what it wants',
      wish: { kind: 'unknown' } as const,
      later: configured(4),
    },
    {
      name: 'when host.yaml reserves the VF by now',
      wish: known(PORT),
      later: configured(4, [{ kind: 'unmanaged', vfIndex: 1 }]),
    },
    { name: 'when host.yaml asks for fewer VFs by now', wish: known(PORT), later: configured(1) },
    {
      name: 'when host.yaml joins the PF to another network by now',
      wish: known(PORT),
      later: { ...configured(4), physicalNetworks: new Map() },
    },
  ]) {
    it(`takes nothing from a port ${name}, also not over a reboot`, async () => {
      const { machine, host, journal } = openRig();
      const first = mergePorts(
        configured(4),
        { fleet: known(PORT), own: [] },
        journal.claims(),
        await host.observe(),
      );
      await new Reconciler(host, journal).reconcile(first.desired, first);
      const reconcile = async () => {
        const merged = mergePorts(later, { fleet: wish, own: [] }, journal.claims(), await host.observe());
        return new Reconciler(host, journal).reconcile(merged.desired, merged);
      };
      await reconcile();
      assert.equal(machine.pf(PF).vfs[1]?.settings.adminMac, PORT.mac);
      assert.deepEqual(
        openVfs(machine).map(({ vf }) => vf.vfIndex),
        [1],
      );
      machine.reboot();
      await reconcile();
      assert.deepEqual(openVfs(machine), []);
      assert.deepEqual(
        journal.claims().map(({ attachmentId }) => attachmentId),
        ['a1'],
      );
      const again = mergePorts(
        configured(4),
        { fleet: known(PORT), own: [] },
        journal.claims(),
        await host.observe(),
      );
      await new Reconciler(host, journal).reconcile(again.desired, again);
      assert.equal(machine.pf(PF).vfs[1]?.settings.adminMac, PORT.mac);
    });
  }
});
