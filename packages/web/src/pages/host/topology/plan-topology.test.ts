import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StandingPf, StandingVf } from '../standing.ts';
import type { VfState } from '../vf-state.ts';
import { planTopology, type Topology } from './plan-topology.ts';

type AttachmentDocument = NonNullable<StandingVf['attachment']>;

const PF: NonNullable<StandingPf['pf']> = {
  pciAddress: '',
  vendorId: '8086',
  productId: '1592',
  vendorName: '',
  productName: '',
  driver: 'ice',
  netdevName: null,
  mac: null,
  adminUp: true,
  carrier: true,
  linkMbps: 25_000,
  mtu: 1500,
  numaNode: 0,
  iommuGroup: 0,
  totalVfs: 128,
  numVfs: 0,
  vfOffset: 1,
  vfStride: 1,
  vfProductId: null,
  driversAutoprobe: false,
  eswitchMode: null,
  carriesDefaultRoute: false,
  serial: null,
  firmware: null,
  refusedAttributes: [],
  vfs: [],
};

/** @param vm the machine that it is in; null: in none */
function attachment(
  portId: string,
  vm: string | null,
  state: AttachmentDocument['state'] = 'configured',
): AttachmentDocument {
  return {
    attachmentId: `attachment-${portId}`,
    portId,
    projectId: '',
    hostId: 'fish',
    pf: '',
    vfIndex: null,
    pciAddress: '',
    physicalNetwork: '',
    vnicType: 'direct',
    vm: vm === null ? null : { domainId: vm, name: null, scope: 'live', standby: false, move: null },
    state,
    settings: null,
    reason: null,
  };
}

function vf(
  vfIndex: number,
  name: VfState['name'],
  own?: AttachmentDocument,
  users: NonNullable<StandingVf['vf']>['users'] = [],
): StandingVf {
  const document: NonNullable<StandingVf['vf']> = {
    vfIndex,
    pciAddress: `vf-${vfIndex}`,
    driver: null,
    netdevName: null,
    effectiveMac: null,
    mtu: null,
    settings: null,
    users,
    vfRepresentor: null,
    iommuGroup: null,
    attachmentId: own?.attachmentId ?? null,
  };
  const state = { name, words: name };
  return { vfIndex, pciAddress: document.pciAddress, vf: document, attachment: own, state };
}

const pf = (netdevName: string, ...vfs: readonly StandingVf[]): StandingPf => ({
  pciAddress: netdevName,
  pf: { ...PF, pciAddress: netdevName, netdevName },
  whole: [],
  vfs,
});

/** A picture as text: a node a word, with its row; then the lines. */
function drawn({ branches, lines }: Topology) {
  return {
    nodes: branches.flatMap(({ name, link, row, ways, rest }) => [
      `${row} ${name} ${link.words}`,
      ...ways.map((way) =>
        [
          way.row,
          way.vf === null ? 'all' : `vf${way.vf.vfIndex}`,
          way.state.name,
          way.portId,
          way.machine === null ? null : `${way.machine.name}@${way.machine.row}`,
        ]
          .filter((word) => word !== null)
          .join(' '),
      ),
      ...(rest === null ? [] : [`${rest.row} ${rest.idle?.count ?? 0} idle, ${rest.hidden} hidden`]),
    ]),
    lines: lines.map(({ from, to }) => `${from.column}${from.row}-${to.column}${to.row}`),
  };
}

describe('planTopology()', () => {
  for (const { name, pfs, isAlive = true, most = 100, want } of [
    {
      name: 'gives a PF without VFs a row of its own',
      pfs: [pf('eth0'), pf('eth1')],
      want: { nodes: ['0 eth0 25 Gbit/s', '1 eth1 25 Gbit/s'], lines: ['host0-pf0', 'host0-pf1'] },
    },
    {
      name: 'tells in one node how many VFs of a PF are free',
      pfs: [pf('eth0', vf(0, 'free'), vf(1, 'in use', attachment('web', null)), vf(2, 'free'))],
      want: {
        nodes: ['0 eth0 25 Gbit/s', '0 vf1 in use web', '1 2 idle, 0 hidden'],
        lines: ['host0-pf0', 'pf0-vf0', 'vf0-port0', 'pf0-vf1'],
      },
    },
    {
      name: 'draws a machine once, in the row of its first way',
      pfs: [
        pf('eth0', vf(0, 'in use', attachment('web', 'shop')), vf(1, 'in use', attachment('db', 'store'))),
        pf('eth1', vf(0, 'in use', attachment('web2', 'shop'))),
      ],
      want: {
        nodes: [
          '0 eth0 25 Gbit/s',
          '0 vf0 in use web shop@0',
          '1 vf1 in use db store@1',
          '2 eth1 25 Gbit/s',
          '2 vf0 in use web2 shop@0',
        ],
        lines: [
          'host0-pf0',
          'pf0-vf0',
          'vf0-port0',
          'port0-machine0',
          'pf0-vf1',
          'vf1-port1',
          'port1-machine1',
          'host0-pf2',
          'pf2-vf2',
          'vf2-port2',
          'port2-machine0',
        ],
      },
    },
    {
      name: 'leads from a VF that is no port’s to the machine that uses it',
      pfs: [pf('eth0', vf(0, 'held', undefined, [{ kind: 'vfio', process: 'qemu', vm: 'pet' }]))],
      want: {
        nodes: ['0 eth0 25 Gbit/s', '0 vf0 held pet@0'],
        lines: ['host0-pf0', 'pf0-vf0', 'vf0-machine0'],
      },
    },
    {
      name: 'leads past the VFs where a port has the whole PF',
      pfs: [{ ...pf('eth0', vf(0, 'free')), whole: [attachment('big', 'shop')] }],
      want: {
        nodes: ['0 eth0 25 Gbit/s', '0 all in use big shop@0', '1 1 idle, 0 hidden'],
        lines: ['host0-pf0', 'pf0-port0', 'port0-machine0', 'pf0-vf1'],
      },
    },
    {
      name: 'shows what a port has of a PF that is not there',
      pfs: [{ pciAddress: '0000:82:00.0', pf: null, whole: [], vfs: [] }],
      want: { nodes: ['0 0000:82:00.0 not there'], lines: ['host0-pf0'] },
    },
    {
      name: 'says nothing of VFs to be free where the agent is gone',
      pfs: [pf('eth0', vf(0, 'unknown'), vf(1, 'unknown'))],
      isAlive: false,
      want: { nodes: ['0 eth0 unknown', '0 2 idle, 0 hidden'], lines: ['host0-pf0', 'pf0-vf0'] },
    },
    {
      name: 'leaves out what is as it should be before what has failed',
      pfs: [
        pf('eth0', vf(0, 'in use', attachment('a', null)), vf(1, 'in use', attachment('b', null))),
        pf('eth1', vf(0, 'in use', attachment('c', null)), vf(1, 'failed', attachment('d', null, 'failed'))),
      ],
      most: 2,
      want: {
        nodes: [
          '0 eth0 25 Gbit/s',
          '0 vf0 in use a',
          '1 0 idle, 1 hidden',
          '2 eth1 25 Gbit/s',
          '2 vf1 failed d',
          '3 0 idle, 1 hidden',
        ],
        lines: [
          'host0-pf0',
          'pf0-vf0',
          'vf0-port0',
          'pf0-vf1',
          'host0-pf2',
          'pf2-vf2',
          'vf2-port2',
          'pf2-vf3',
        ],
      },
    },
  ])
    it(name, () => {
      assert.deepEqual(drawn(planTopology(pfs, undefined, isAlive, most)), want);
    });

  it('knows machines by UUID and by name, and tells of those to which no way leads', () => {
    const pfs = [
      pf(
        'eth0',
        vf(0, 'in use', attachment('web', 'uuid-shop')),
        vf(1, 'held', undefined, [{ kind: 'macvtap', netdevName: 'tap0', vm: 'shop' }]),
      ),
    ];
    const machines = ['shop', 'vm10', 'vm9'].map((name) => ({
      domainId: `uuid-${name}`,
      name,
      state: 'running' as const,
    }));
    const topology = planTopology(pfs, machines, true, 100);
    const reached = topology.branches.flatMap(({ ways }) => ways.map(({ machine }) => machine));
    const shop = { key: 'uuid-shop', name: 'shop', state: 'running', row: 0 };
    assert.deepEqual(reached, [shop, shop]);
    assert.deepEqual(
      topology.unconnected.map(({ name }) => name),
      ['vm9', 'vm10'],
    );
  });

  it('puts no two nodes into one place, and every VF somewhere', () => {
    const state = fc.constantFrom<VfState['name']>('free', 'in use', 'failed', 'being set up', 'quarantined');
    const machine = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null });
    const hosts = fc.array(fc.array(fc.tuple(state, machine), { maxLength: 12 }), { maxLength: 5 });
    fc.assert(
      fc.property(hosts, fc.integer({ min: 0, max: 20 }), (shape, most) => {
        const pfs = shape.map((vfs, at) =>
          pf(
            `eth${at}`,
            ...vfs.map(([name, vm], index) =>
              vf(index, name, name === 'free' ? undefined : attachment(`${at}/${index}`, vm)),
            ),
          ),
        );
        const { branches, lines, rows, hidden } = planTopology(pfs, undefined, true, most);
        const places = branches.flatMap(({ row, ways, rest }) => [
          `pf${row}`,
          ...ways.map((way) => `vf${way.row}`),
          ...(rest === null ? [] : [`vf${rest.row}`]),
        ]);
        assert.equal(new Set(places).size, places.length);
        const machines = branches.flatMap(({ ways }) => ways.flatMap((way) => way.machine ?? []));
        const rowOf = new Map(machines.map(({ key, row }) => [key, row]));
        assert.equal(new Set(rowOf.values()).size, rowOf.size, 'machines are in different rows');
        for (const { key, row } of machines) assert.equal(row, rowOf.get(key), 'a machine is in one row');
        for (const { from, to } of lines) assert.ok(from.row < rows && to.row < rows, 'lines stay inside');
        for (const [at, { ways, rest }] of branches.entries())
          assert.equal(ways.length + (rest?.idle?.count ?? 0) + (rest?.hidden ?? 0), shape[at]?.length);
        const hiddenOfAll = branches.reduce((sum, { rest }) => sum + (rest?.hidden ?? 0), 0);
        assert.equal(hidden, hiddenOfAll);
        const failed = shape.flat().filter(([name]) => name === 'failed').length;
        const drawnFailed = branches.flatMap(({ ways }) => ways).filter((way) => way.state.name === 'failed');
        assert.equal(drawnFailed.length, Math.min(failed, most), 'what has failed is left out last');
      }),
    );
  });
});
