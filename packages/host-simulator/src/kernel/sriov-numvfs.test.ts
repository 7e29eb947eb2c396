import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BCM57414, CONNECTX_6, INTEL_82576, INTEL_I350, INTEL_X710, MOVING_82576 } from '../cards/index.ts';
import { vfioPci } from '../drivers/index.ts';
import { fishMachine } from '../fleet/index.ts';
import { observeMachine, type SimulatedPf, VirtualClock } from '../machine/index.ts';
import { setPfDriver, setPfUp, setVfDriver, writeSriovNumvfs } from './index.ts';
import { answerOf, machineWith, portOf } from './sample-machine.ts';

const firstPf = (machine: ReturnType<typeof machineWith>['machine']) => observeMachine(machine).pfs[0];

const writes: readonly {
  readonly name: string;
  readonly given: { readonly writes: readonly number[]; readonly before?: (pf: SimulatedPf) => void };
  readonly want: { readonly answers: readonly string[]; readonly numVfs: number };
}[] = [
  {
    name: 'not a u16: EINVAL',
    given: { writes: [-1, 1.5, 65_536, Number.NaN] },
    want: { answers: ['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL'], numVfs: 0 },
  },
  {
    name: 'more than sriov_totalvfs (7 on an 82576 whose card says 8): ERANGE',
    given: { writes: [8, 65_535] },
    want: { answers: ['ERANGE', 'ERANGE'], numVfs: 0 },
  },
  {
    name: 'the number that it has: success',
    given: { writes: [0, 2, 2] },
    want: { answers: ['done', 'done', 'done'], numVfs: 2 },
  },
  {
    name: 'from one number to another: EBUSY, and the VFs stay',
    given: { writes: [2, 3, 1] },
    want: { answers: ['done', 'EBUSY', 'EBUSY'], numVfs: 2 },
  },
  {
    name: 'through 0: success',
    given: { writes: [2, 0, 3] },
    want: { answers: ['done', 'done', 'done'], numVfs: 3 },
  },
  {
    name: 'a PF without a driver: ENOENT',
    given: { writes: [1], before: (pf) => (pf.driver = null) },
    want: { answers: ['ENOENT'], numVfs: 0 },
  },
  {
    name: 'a driver without sriov_configure (mlx4): ENOENT',
    given: {
      writes: [1],
      before: (pf) => (pf.driver = pf.driver === null ? null : { ...pf.driver, sriovConfigure: null }),
    },
    want: { answers: ['ENOENT'], numVfs: 0 },
  },
  {
    name: 'a PF given to VFIO: ENOENT',
    given: { writes: [1], before: (pf) => (pf.driver = vfioPci) },
    want: { answers: ['ENOENT'], numVfs: 0 },
  },
];

for (const { name, given, want } of writes) {
  test(`writeSriovNumvfs() K1: ${name}`, () => {
    const { machine, pf } = machineWith(INTEL_82576);
    given.before?.(pf);
    const answers = given.writes.map((numVfs) => answerOf(() => writeSriovNumvfs(machine, pf, numVfs)));
    assert.deepEqual({ answers, numVfs: pf.numVfs }, want);
    assert.equal(pf.vfs.length, pf.numVfs);
  });
}

test('writeSriovNumvfs() K1: EBUSY and ENOENT are explained in the kernel log only', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  answerOf(() => writeSriovNumvfs(machine, pf, 3));
  writeSriovNumvfs(machine, pf, 0);
  pf.driver = null;
  answerOf(() => writeSriovNumvfs(machine, pf, 3));
  assert.deepEqual(machine.kernelLog, [
    'igb 0000:82:00.0: 2 VFs already enabled. Disable before enabling 3 VFs',
    'pci 0000:82:00.0: no driver bound to device; cannot configure SR-IOV',
  ]);
});

test('writeSriovNumvfs() K1: writing the present number leaves VFs and their settings alone', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  const vfs = [...pf.vfs];
  const events: string[] = [];
  machine.onUevent((event) => events.push(event.action));
  writeSriovNumvfs(machine, pf, 2);
  assert.ok(pf.vfs.every((vf, index) => vf === vfs[index]));
  assert.deepEqual(events, []);
});

test('writeSriovNumvfs() K2: success with no VFs at all on a bnxt_en that is down', () => {
  const { machine, pf } = machineWith(BCM57414, { downPorts: [0] });
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 4)),
    'done',
  );
  assert.equal(pf.numVfs, 0);
  assert.deepEqual(machine.kernelLog, ['bnxt_en 0000:82:00.0: 4 VFs requested; only 0 enabled']);
  setPfUp(machine, pf, true);
  writeSriovNumvfs(machine, pf, 4);
  assert.equal(pf.numVfs, 4);
});

test('writeSriovNumvfs() K2: success with fewer VFs than asked for', () => {
  const { machine, pf } = machineWith(INTEL_X710);
  assert.ok(pf.driver !== null);
  pf.driver = { ...pf.driver, sriovConfigure: (_pf, numVfs) => Math.min(numVfs, 5) };
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 8)),
    'done',
  );
  assert.equal(firstPf(machine)?.numVfs, 5);
  assert.deepEqual(machine.kernelLog, ['i40e 0000:82:00.0: 8 VFs requested; only 5 enabled']);
});

test('writeSriovNumvfs() K3: ENOMEM without MMIO space for the VFs', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  pf.mmioForVfs = 3;
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 4)),
    'ENOMEM',
  );
  assert.equal(pf.numVfs, 0);
  assert.deepEqual(machine.kernelLog, ['igb 0000:82:00.0: not enough MMIO resources for SR-IOV']);
  writeSriovNumvfs(machine, pf, 3);
  assert.equal(pf.numVfs, 3);
});

test('writeSriovNumvfs() K3: ENOMEM when the last VF lies behind the buses of the bridge', () => {
  const { machine, pf } = machineWith(INTEL_I350, { lastBus: 0x82 });
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 1)),
    'ENOMEM',
  );
  assert.deepEqual(machine.kernelLog, [
    "igb 0000:82:00.0: can't enable 1 VFs (bus 83 out of range of [bus 82])",
  ]);
  assert.equal(
    answerOf(() => {
      const wide = machineWith(INTEL_I350, { lastBus: 0x83 });
      writeSriovNumvfs(wide.machine, wide.pf, 7);
    }),
    'done',
  );
});

test('writeSriovNumvfs() K4: a VFIO holder blocks a write of 0 and every call behind it until it lets go', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  const other = portOf(machine, 1);
  writeSriovNumvfs(machine, pf, 3);
  const held = machine.vf(pf, 1);
  setVfDriver(machine, pf, held, 'vfio-pci');
  machine.addVfUser(pf, 1, { kind: 'vfio', process: 'qemu-system-x86', vm: 'vm1' });

  const calls: readonly (() => void)[] = [
    () => writeSriovNumvfs(machine, pf, 0),
    () => writeSriovNumvfs(machine, pf, 0),
    () => writeSriovNumvfs(machine, pf, 3),
    () => setVfDriver(machine, pf, machine.vf(pf, 0), 'none'),
    // The rescan lock is one for the machine.
    () => writeSriovNumvfs(machine, other, 2),
  ];
  for (const call of calls) assert.equal(answerOf(call), 'blocked');
  assert.equal(pf.numVfs, 3);
  assert.equal(other.numVfs, 0);
  assert.deepEqual(machine.kernelLog, ['igb 0000:82:00.0: Relaying device request to user']);

  machine.removeVfUsers(pf, 1);
  assert.equal(pf.numVfs, 0, 'the removal that waited is done');
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, other, 2)),
    'done',
  );
});

test('writeSriovNumvfs() K4: users that are no VFIO processes are not asked', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  machine.addVfUser(pf, 0, { kind: 'network-namespace', name: 'blue' });
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 0)),
    'done',
  );
});

test('writeSriovNumvfs() K5: VF addresses are PF + offset + stride × index, on the next bus for an I350', () => {
  const machine = fishMachine(new VirtualClock());
  for (const pf of machine.pfs) writeSriovNumvfs(machine, pf, 7);
  machine.clock.advance(1000);
  const addresses = observeMachine(machine).pfs.map((pf) => pf.vfs.map((vf) => vf.pciAddress.slice(5)));
  assert.deepEqual(addresses, [
    ['08:10.0', '08:10.4', '08:11.0', '08:11.4', '08:12.0', '08:12.4', '08:13.0'],
    ['08:10.1', '08:10.5', '08:11.1', '08:11.5', '08:12.1', '08:12.5', '08:13.1'],
    ['82:10.0', '82:10.2', '82:10.4', '82:10.6', '82:11.0', '82:11.2', '82:11.4'],
    ['82:10.1', '82:10.3', '82:10.5', '82:10.7', '82:11.1', '82:11.3', '82:11.5'],
  ]);
});

test('setPfDriver() K8: VFIO takes no PF that has VFs, and a driver that goes takes its VFs with it', () => {
  const { machine, pf } = machineWith(CONNECTX_6);
  writeSriovNumvfs(machine, pf, 2);
  const own = pf.driver;
  // Left behind by a driver that did not clean up.
  pf.driver = null;
  assert.equal(
    answerOf(() => setPfDriver(machine, pf, vfioPci)),
    'EBUSY',
  );
  pf.driver = own;
  setPfDriver(machine, pf, vfioPci);
  const seen = firstPf(machine);
  assert.deepEqual([seen?.driver, seen?.netdevName, seen?.numVfs], ['vfio-pci', null, 0]);
});

test('VFs lie elsewhere when the card moves them with their number (K5)', () => {
  const { machine, pf } = machineWith(MOVING_82576);
  const addresses = (numVfs: number): readonly string[] => {
    writeSriovNumvfs(machine, pf, 0);
    writeSriovNumvfs(machine, pf, numVfs);
    machine.clock.advance(10_000);
    const seen = observeMachine(machine).pfs.find(({ pciAddress }) => pciAddress === pf.address);
    assert.equal(seen?.vfOffset, numVfs < 4 ? 128 : 130);
    return seen.vfs.map((vf) => vf.pciAddress);
  };
  const few = addresses(3);
  const many = addresses(4);
  // The first VF of many stands where the second of few stood.
  assert.equal(many[0], few[1]);
  assert.deepEqual(addresses(3), few);
});
