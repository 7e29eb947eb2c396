import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parsePciAddress } from '@virtfn/model';
import type { DevlinkPort, DevlinkRate } from '@virtfn/netlink';
import { findVfPort, rateChanges, portsOfVfs } from './devlink-rates.ts';

const pf = parsePciAddress('0000:3b:00.1');
const handle = { busName: 'pci', devName: pf };

function port(portIndex: number, facts: Partial<DevlinkPort>): DevlinkPort {
  return {
    ...handle,
    portIndex,
    type: 'eth',
    flavour: 'pcivf',
    portNumber: null,
    controllerNumber: 0,
    pfNumber: 1,
    vfNumber: null,
    sfNumber: null,
    external: false,
    netdev: null,
    function: null,
    ...facts,
  };
}

function rate(portIndex: number, txShare: bigint, txMax: bigint): DevlinkRate {
  return { ...handle, object: { kind: 'leaf', portIndex }, txShare, txMax, parent: null };
}

const uplink = port(0, { flavour: 'physical', pfNumber: null, portNumber: 1 });

suite('findVfPort()', () => {
  test('finds the port by the number of its VF', () => {
    const ports = [uplink, port(1, { vfNumber: 0 }), port(2, { vfNumber: 1 })];
    assert.equal(findVfPort(ports, pf, 1)?.portIndex, 2);
    assert.equal(findVfPort(ports, pf, 2), null);
  });

  test('leaves out the VFs of the machine that a DPU is plugged into', () => {
    const ports = [port(1, { vfNumber: 0, external: true, controllerNumber: 1 }), port(2, { vfNumber: 0 })];
    assert.equal(findVfPort(ports, pf, 0)?.portIndex, 2);
  });

  test('tells the VFs of two PFs apart by the number of the PF, and picks none where that does not help', () => {
    const ports = [port(1, { vfNumber: 0, pfNumber: 0 }), port(2, { vfNumber: 0, pfNumber: 1 })];
    assert.equal(findVfPort(ports, pf, 0)?.portIndex, 2);
    assert.equal(findVfPort([...ports, port(3, { vfNumber: 0, pfNumber: 1 })], pf, 0), null);
    // A driver that has one PF for all ports need not number it as its function is.
    assert.equal(findVfPort([port(1, { vfNumber: 0, pfNumber: 0 })], pf, 0)?.portIndex, 1);
  });
});

test('portsOfVfs() gives Mbit/s by VF number, of those VFs that have a rate', () => {
  const ports = [uplink, ...[0, 1, 2, 3].map((vfNumber) => port(vfNumber + 1, { vfNumber }))];
  const rates: DevlinkRate[] = [
    rate(0, 125_000n, 125_000n),
    rate(1, 0n, 0n),
    rate(2, 12_500_000n, 125_000_000n),
    // 2.6 Mbit/s, and less than one.
    rate(3, 1n, 325_000n),
    { ...handle, object: { kind: 'node', name: 'group' }, txShare: 0n, txMax: 125_000n, parent: null },
  ];
  assert.deepEqual(
    [...portsOfVfs(ports, rates, pf)],
    [
      [0, { portIndex: 1, rate: { minTxRateMbps: null, maxTxRateMbps: null } }],
      [1, { portIndex: 2, rate: { minTxRateMbps: 100, maxTxRateMbps: 1000 } }],
      [2, { portIndex: 3, rate: { minTxRateMbps: 1, maxTxRateMbps: 3 } }],
    ],
  );
});

suite('rateChanges() keeps the guarantee below the limit all the time', () => {
  const mbps = (value: number): bigint => BigInt(value) * 125_000n;
  for (const { name, has, want, changes } of [
    { name: 'limits are raised', has: [100, 200], want: [300, 400], changes: ['tx-max 400', 'tx-share 300'] },
    {
      name: 'limits are lowered',
      has: [300, 400],
      want: [100, 200],
      changes: ['tx-share 100', 'tx-max 200'],
    },
    {
      name: 'a limit is set where there was none',
      has: [300, 0],
      want: [100, 200],
      changes: ['tx-share 100', 'tx-max 200'],
    },
    { name: 'all is taken back', has: [300, 400], want: [null, null], changes: ['tx-max 0', 'tx-share 0'] },
    { name: 'only the guarantee changes', has: [300, 400], want: [200, 400], changes: ['tx-share 200'] },
    { name: 'nothing changes', has: [0, 0], want: [null, null], changes: [] },
  ] as const) {
    test(name, () => {
      const [minTxRateMbps, maxTxRateMbps] = want;
      const planned = rateChanges(rate(1, mbps(has[0]), mbps(has[1])), { minTxRateMbps, maxTxRateMbps });
      assert.deepEqual(
        planned.map(({ kind, bytesPerSecond }) => `${kind} ${bytesPerSecond / 125_000n}`),
        changes,
      );
    });
  }
});
