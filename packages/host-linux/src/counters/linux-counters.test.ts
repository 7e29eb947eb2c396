import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isSriovError, type PhysicalFunction } from '@virtfn/model';
import { type Link, type LinkDetail, NetlinkError, NetlinkTimeout } from '@virtfn/netlink';
import { readMachine } from '../look/index.ts';
import { layOutTree, readFixture } from '../testing/tree-loader.ts';
import { LinuxCounters } from './linux-counters.ts';

const ENODEV = 19;
const EPERM = 1;
const OWN = {
  rxBytes: 1n,
  txBytes: 2n,
  rxPackets: 3n,
  txPackets: 4n,
  rxErrors: 5n,
  txErrors: 6n,
  rxDropped: 7n,
  txDropped: 8n,
  multicast: 9n,
};
const ZEROS = {
  rxBytes: 0n,
  txBytes: 0n,
  rxPackets: 0n,
  txPackets: 0n,
  rxDropped: 0n,
  txDropped: 0n,
  broadcast: 0n,
  multicast: 0n,
};
const MOVED = { ...ZEROS, txBytes: 5n };

function pfOf(t: TestContext, driver: string | null): PhysicalFunction {
  const [pf] = readMachine(layOutTree(t, readFixture('switchdev'))).pfs;
  assert.ok(pf !== undefined && pf.netdevName !== null);
  return { ...pf, driver, vfs: [] };
}

function linkOf(pf: PhysicalFunction, vfs: readonly (typeof ZEROS)[]): Link {
  return {
    ifIndex: 7,
    name: pf.netdevName ?? '',
    altNames: [],
    hardwareType: 1,
    address: pf.mac,
    permAddress: null,
    mtu: 1500,
    flags: 1,
    up: true,
    operState: 'up',
    carrier: true,
    master: null,
    link: null,
    linkNetnsId: null,
    kind: null,
    physPortName: null,
    physSwitchId: null,
    parentDevName: pf.pciAddress,
    parentBusName: 'pci',
    stats: OWN,
    numVfs: vfs.length,
    vfListTruncated: false,
    vfs: vfs.map((stats, vfIndex) => ({
      vfIndex,
      adminMac: '00:00:00:00:00:00',
      vlans: [],
      minTxRateMbps: null,
      maxTxRateMbps: null,
      spoofCheck: null,
      trust: null,
      linkState: 'auto',
      stats,
    })),
  };
}

const cases: readonly {
  name: string;
  driver: string;
  said: readonly (typeof ZEROS)[];
  want: { readonly detail: LinkDetail; readonly vfs: readonly (readonly [number, typeof ZEROS])[] | null };
}[] = [
  {
    name: 'a driver that counts is believed at zero',
    driver: 'mlx5_core',
    said: [ZEROS, MOVED],
    want: {
      detail: 'vfs-and-stats',
      vfs: [
        [0, ZEROS],
        [1, MOVED],
      ],
    },
  },
  {
    name: 'one that does not count is not asked, and its zeros are nothing (K11)',
    driver: 'igb',
    said: [ZEROS],
    want: { detail: 'plain', vfs: null },
  },
  {
    name: 'one that nobody knows is not believed while all is zero',
    driver: 'novel',
    said: [ZEROS, ZEROS],
    want: { detail: 'vfs-and-stats', vfs: null },
  },
  {
    name: 'one that nobody knows is believed once something moves',
    driver: 'novel',
    said: [ZEROS, MOVED],
    want: {
      detail: 'vfs-and-stats',
      vfs: [
        [0, ZEROS],
        [1, MOVED],
      ],
    },
  },
];

for (const { name, driver, said, want } of cases) {
  test(`LinuxCounters.read(): ${name}`, async (t) => {
    const pf = pfOf(t, driver);
    const asked: LinkDetail[] = [];
    const counters = new LinuxCounters(async (netdev, detail) => {
      assert.equal(netdev, pf.netdevName);
      asked.push(detail);
      return linkOf(pf, said);
    });
    const vfs = want.vfs === null ? null : new Map(want.vfs);
    assert.deepEqual(await counters.read([pf]), [
      { pf: pf.pciAddress, own: OWN, vfs, vfInterfaces: new Map() },
    ]);
    assert.deepEqual(asked, [want.detail]);
  });
}

test('LinuxCounters.read() asks the interfaces of VFs on the host where the card does not tell, and only there', async (t) => {
  const [seen] = readMachine(layOutTree(t, readFixture('switchdev'))).pfs;
  assert.ok(seen !== undefined);
  const [first, second] = seen.vfs;
  assert.ok(first !== undefined && second !== undefined && second.netdevName !== null);
  // One is in a virtual machine, another has gone, or has another name, since it was seen.
  const vfs = [
    { ...first, netdevName: null },
    second,
    { ...second, vfIndex: 7, pciAddress: seen.pciAddress },
  ];
  const asked: string[] = [];
  const counters = new LinuxCounters(async (name) => {
    asked.push(name);
    return {
      ...linkOf(seen, [MOVED]),
      parentDevName: name === seen.netdevName ? seen.pciAddress : second.pciAddress,
    };
  });
  const [silent] = await counters.read([{ ...seen, driver: 'igb', vfs }]);
  assert.deepEqual(silent?.vfInterfaces, new Map([[second.vfIndex, OWN]]));
  asked.length = 0;
  const [telling] = await counters.read([{ ...seen, driver: 'mlx5_core', vfs }]);
  assert.deepEqual(telling?.vfInterfaces, new Map());
  assert.deepEqual(asked, [seen.netdevName]);
});

test('LinuxCounters.read() shows nothing of VFs whose list did not fit', async (t) => {
  const pf = pfOf(t, 'mlx5_core');
  const counters = new LinuxCounters(async () => ({ ...linkOf(pf, []), vfListTruncated: true }));
  assert.equal((await counters.read([pf]))[0]?.vfs, null);
});

test('LinuxCounters.read() leaves out what is gone, has another name by now, or never had one', async (t) => {
  const pf = pfOf(t, 'mlx5_core');
  const gone = new LinuxCounters(() => Promise.reject(new NetlinkError('read link x', ENODEV)));
  assert.deepEqual(await gone.read([pf]), []);
  const renamed = new LinuxCounters(async () => ({ ...linkOf(pf, [MOVED]), parentDevName: '0000:01:00.0' }));
  assert.deepEqual(await renamed.read([pf]), []);
  const silent = new LinuxCounters(() => assert.fail('not asked'));
  assert.deepEqual(await silent.read([{ ...pf, netdevName: null }]), []);
});

test('LinuxCounters.read() tells apart who refused and who did not answer', async (t) => {
  const pf = pfOf(t, 'mlx5_core');
  for (const { thrown, code } of [
    { thrown: new NetlinkTimeout('read link x', 2000), code: 'STEP_TIMEOUT' },
    { thrown: new NetlinkError('read link x', EPERM), code: 'KERNEL_REFUSED' },
  ] as const) {
    const counters = new LinuxCounters(() => Promise.reject(thrown));
    await assert.rejects(counters.read([pf]), (error) => isSriovError(error, code));
  }
});
