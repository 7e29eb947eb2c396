import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMacAddress } from '@virtfn/model';
import { BCM57414, CONNECTX_6, INTEL_82576, INTEL_E810 } from '../cards/index.ts';
import { observeMachine } from '../machine/index.ts';
import {
  addFdbEntry,
  removeFdbEntry,
  setEswitchMode,
  setPfDriver,
  setPfMtu,
  setPfPromiscuous,
  setPfUp,
  setVfDriver,
  setVfSetting,
  writeSriovNumvfs,
} from './index.ts';
import { answerOf, machineWith } from './sample-machine.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');

test('setEswitchMode() K13: igb has none', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  assert.equal(
    answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
    'EOPNOTSUPP',
  );
});

test('setEswitchMode() K13: ice changes the mode only without VFs', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  writeSriovNumvfs(machine, pf, 2);
  assert.equal(
    answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
    'EOPNOTSUPP',
  );
  writeSriovNumvfs(machine, pf, 0);
  assert.equal(
    answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
    'done',
  );
});

test('setEswitchMode() K13: mlx5 keeps its VFs, but their drivers must be off', () => {
  const { machine, pf } = machineWith(CONNECTX_6);
  writeSriovNumvfs(machine, pf, 2);
  assert.equal(
    answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
    'EBUSY',
  );
  for (const vf of pf.vfs) setVfDriver(machine, pf, vf, 'none');
  assert.equal(
    answerOf(() => setEswitchMode(machine, pf, 'switchdev')),
    'done',
  );
  assert.equal(pf.numVfs, 2);
});

test('setEswitchMode() K13: bnxt_en refuses the mode that it has, others take it', () => {
  const bnxt = machineWith(BCM57414);
  assert.equal(
    answerOf(() => setEswitchMode(bnxt.machine, bnxt.pf, 'legacy')),
    'EINVAL',
  );
  const mlx5 = machineWith(CONNECTX_6);
  assert.equal(
    answerOf(() => setEswitchMode(mlx5.machine, mlx5.pf, 'legacy')),
    'done',
  );
});

test('observeMachine() K12, K13: in switchdev every VF has a representor', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  setEswitchMode(machine, pf, 'switchdev');
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(1000);
  const representors = observeMachine(machine).pfs[0]?.vfs.map((vf) => vf.vfRepresentor);
  assert.deepEqual(representors, ['ens1f0r0', 'ens1f0r1']);
});

test('addFdbEntry() and removeFdbEntry() keep what the card was told', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  addFdbEntry(machine, pf, MAC);
  addFdbEntry(machine, pf, MAC);
  assert.deepEqual(pf.fdb, [MAC]);
  removeFdbEntry(machine, pf, MAC);
  assert.deepEqual(pf.fdb, []);
  assert.equal(
    answerOf(() => removeFdbEntry(machine, pf, MAC)),
    'ENOENT',
  );
});

test('a PF without a driver has no interface to set anything on', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  setPfDriver(machine, pf, null);
  const calls: readonly (() => void)[] = [
    () => setPfUp(machine, pf, true),
    () => setPfMtu(machine, pf, 9000),
    () => addFdbEntry(machine, pf, MAC),
    () => setPfPromiscuous(machine, pf, true),
  ];
  for (const call of calls) assert.equal(answerOf(call), 'ENODEV');
});

test('reboot() loses everything that the kernel held, and says so by another boot id', () => {
  const { machine, pf } = machineWith(CONNECTX_6);
  const fresh = observeMachine(machine);
  pf.driversAutoprobe = false;
  setPfMtu(machine, pf, 9000);
  addFdbEntry(machine, pf, MAC);
  setPfPromiscuous(machine, pf, true);
  writeSriovNumvfs(machine, pf, 2);
  const vf = machine.vf(pf, 0);
  setVfSetting(machine, pf, vf, { attribute: 'adminMac', value: MAC });
  setVfDriver(machine, pf, vf, 'vfio-pci');
  machine.addVfUser(pf, 0, { kind: 'vfio', process: 'qemu-system-x86', vm: 'vm1' });
  assert.equal(
    answerOf(() => writeSriovNumvfs(machine, pf, 0)),
    'blocked',
  );

  machine.reboot();
  const { bootId, ...rest } = observeMachine(machine);
  const { bootId: before, ...restBefore } = fresh;
  assert.notEqual(bootId, before);
  assert.deepEqual(rest, restBefore);
  assert.deepEqual([pf.fdb, pf.promiscuous, machine.kernelLog], [[], false, []]);
  writeSriovNumvfs(machine, pf, 1);
  assert.equal(pf.vfs[0]?.settings.adminMac, null);
});

test('reboot() gives a PF without a driver its own one back', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  setPfDriver(machine, pf, null);
  machine.reboot();
  assert.equal(pf.driver?.name, 'igb');
  assert.equal(pf.adminUp, true);
});
