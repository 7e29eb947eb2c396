import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMacAddress } from '@virtfn/model';
import { INTEL_82576 } from '../cards/index.ts';
import { setVfDriver, setVfSetting, writeSriovNumvfs } from './index.ts';
import { answerOf, machineWith } from './sample-machine.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');

test('setVfDriver() K7: the override is for one VF, and is gone with the VF', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 3);
  setVfDriver(machine, pf, machine.vf(pf, 1), 'vfio-pci');
  const drivers = () => pf.vfs.map((vf) => vf.driver);
  assert.deepEqual(drivers(), ['igbvf', 'vfio-pci', 'igbvf']);
  writeSriovNumvfs(machine, pf, 0);
  writeSriovNumvfs(machine, pf, 3);
  assert.deepEqual(drivers(), ['igbvf', 'igbvf', 'igbvf']);
});

test('setVfDriver() K7: a VF on vfio-pci or without a driver has no interface', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  const vf = machine.vf(pf, 0);
  for (const driver of ['vfio-pci', 'none'] as const) {
    setVfDriver(machine, pf, vf, driver);
    assert.deepEqual([vf.netdevName, vf.effectiveMac], [null, null]);
  }
  setVfDriver(machine, pf, vf, 'kernel');
  assert.notEqual(vf.netdevName, null);
});

test('setVfDriver() K7: settings made through the PF outlive the driver', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  const vf = machine.vf(pf, 0);
  setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: MAC });
  setVfDriver(machine, pf, vf, 'vfio-pci');
  setVfDriver(machine, pf, vf, 'kernel');
  assert.deepEqual([vf.settings.adminMac, vf.effectiveMac], [MAC, MAC]);
});

test('setVfDriver() K7: an unbind waits for the process that holds the VF', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  const vf = machine.vf(pf, 0);
  setVfDriver(machine, pf, vf, 'vfio-pci');
  machine.addVfUser(pf, 0, { kind: 'vfio', process: 'qemu-system-x86', vm: null });
  assert.equal(
    answerOf(() => setVfDriver(machine, pf, vf, 'none')),
    'blocked',
  );
  assert.equal(
    answerOf(() => setVfDriver(machine, pf, machine.vf(pf, 1), 'none')),
    'done',
  );
  machine.removeVfUsers(pf, 0);
  assert.equal(
    answerOf(() => setVfDriver(machine, pf, vf, 'none')),
    'done',
  );
});

test('addVfUser() lets VFIO hold only what vfio-pci drives, and others only what has an interface', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 2);
  setVfDriver(machine, pf, machine.vf(pf, 1), 'vfio-pci');
  const vfio = { kind: 'vfio', process: 'qemu-system-x86', vm: null } as const;
  const namespace = { kind: 'network-namespace', name: 'blue' } as const;
  assert.equal(
    answerOf(() => machine.addVfUser(pf, 0, vfio)),
    'ENOENT',
  );
  assert.equal(
    answerOf(() => machine.addVfUser(pf, 1, namespace)),
    'ENODEV',
  );
  machine.addVfUser(pf, 0, namespace);
  machine.addVfUser(pf, 1, vfio);
});
