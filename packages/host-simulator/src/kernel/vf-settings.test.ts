import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMacAddress, parseVlan, type VfSetting } from '@virtfn/model';
import { type Card, CONNECTX_6, INTEL_82576, INTEL_E810, INTEL_I350, INTEL_X710 } from '../cards/index.ts';
import { unknownDriver } from '../drivers/index.ts';
import { observeMachine, type SimulatedMachine } from '../machine/index.ts';
import { setPfUp, setVfDriver, setVfSetting, writeSriovNumvfs } from './index.ts';
import { answerOf, machineWith } from './sample-machine.ts';

const MAC = parseMacAddress('52:54:00:aa:00:01');
const setMac: VfSetting = { attribute: 'adminMac', value: MAC };
const rate = (maxTxRateMbps: number | null, minTxRateMbps: number | null = null): VfSetting => ({
  attribute: 'rate',
  value: { minTxRateMbps, maxTxRateMbps },
});

/** A machine with two VFs whose names and links have settled. */
function withVfs(card: Card) {
  const { machine, pf } = machineWith(card);
  writeSriovNumvfs(machine, pf, 2);
  machine.clock.advance(5000);
  const vf = machine.vf(pf, 0);
  return {
    machine,
    pf,
    vf,
    set: (setting: VfSetting) => answerOf(() => setVfSetting(machine, pf, vf, setting)),
  };
}

const observedVf = (machine: SimulatedMachine, vfIndex = 0) => observeMachine(machine).pfs[0]?.vfs[vfIndex];

test('setVfSetting() K9: what the driver has no operation for is EOPNOTSUPP', () => {
  const { set } = withVfs(INTEL_82576);
  assert.equal(set({ attribute: 'linkState', value: 'disable' }), 'EOPNOTSUPP');
});

test('observeMachine() K9: what the driver does not report (-1) is null', () => {
  const { machine, pf } = machineWith(INTEL_X710);
  pf.driver = unknownDriver('quiet', ['spoofCheck', 'trust']);
  writeSriovNumvfs(machine, pf, 1);
  machine.clock.advance(1000);
  const quiet = observedVf(machine)?.settings;
  assert.deepEqual([quiet?.spoofCheck, quiet?.trust, quiet?.linkState], [null, null, 'auto']);
  writeSriovNumvfs(machine, pf, 0);
  pf.driver = unknownDriver('quiet', ['rate']);
  writeSriovNumvfs(machine, pf, 1);
  machine.clock.advance(1000);
  const other = observedVf(machine)?.settings;
  assert.deepEqual([other?.spoofCheck, other?.trust], [true, false], 'another driver of the same name');
});

test('observeMachine() K9: a VF that is being reset is left out of netlink, not of sysfs', () => {
  const { machine, set } = withVfs(INTEL_X710);
  assert.equal(set(setMac), 'done');
  assert.deepEqual([observedVf(machine)?.settings, observedVf(machine)?.driver], [null, 'iavf']);
  assert.notEqual(observedVf(machine, 1)?.settings, null);
  machine.clock.advance(1000);
  assert.equal(observedVf(machine)?.settings?.adminMac, MAC);
});

test('setVfSetting() K13: mlx5 in switchdev refuses VLAN, spoof check and trust, and takes VLAN 0', () => {
  const { pf, set } = withVfs(CONNECTX_6);
  pf.eswitchMode = 'switchdev';
  assert.equal(set({ attribute: 'vlan', value: parseVlan(100) }), 'EOPNOTSUPP');
  assert.equal(set({ attribute: 'spoofCheck', value: true }), 'EOPNOTSUPP');
  assert.equal(set({ attribute: 'trust', value: true }), 'EOPNOTSUPP');
  assert.equal(set({ attribute: 'vlan', value: null }), 'done');
  assert.equal(set(setMac), 'done');
});

test('setVfSetting() K13: ice in switchdev forbids trust', () => {
  const { pf, set } = withVfs(INTEL_E810);
  pf.eswitchMode = 'switchdev';
  assert.equal(set({ attribute: 'trust', value: true }), 'EOPNOTSUPP');
});

test('setVfSetting() K14: an igbvf keeps its MAC until it is loaded again, and the log says so', () => {
  const { machine, pf, vf, set } = withVfs(INTEL_82576);
  const old = vf.effectiveMac;
  assert.equal(set(setMac), 'done');
  assert.deepEqual([vf.settings.adminMac, vf.effectiveMac], [MAC, old]);
  assert.deepEqual(machine.kernelLog, [
    'igb 0000:82:00.0: Reload the VF driver to make this change effective.',
  ]);
  setVfDriver(machine, pf, vf, 'none');
  setVfDriver(machine, pf, vf, 'kernel');
  assert.equal(vf.effectiveMac, MAC);
});

test('setVfSetting() K14: zeros clear the MAC of an igb VF', () => {
  const { vf, set } = withVfs(INTEL_82576);
  set(setMac);
  assert.equal(set({ attribute: 'adminMac', value: null }), 'done');
  assert.equal(vf.settings.adminMac, null);
});

test('setVfSetting() K14: i40e resets the VF for its MAC, and answers EAGAIN meanwhile', () => {
  const { machine, vf, set } = withVfs(INTEL_X710);
  assert.equal(set(setMac), 'done');
  assert.equal(vf.effectiveMac, MAC);
  assert.equal(set({ attribute: 'trust', value: true }), 'EAGAIN');
  assert.equal(machine.kernelLog.at(-1), 'i40e 0000:82:00.0: VF 0 still in reset. Try again.');
  machine.clock.advance(1000);
  assert.equal(set({ attribute: 'trust', value: true }), 'done');
});

test('setVfSetting() K14: ice resets the VF for MAC and trust, and waits for the end of a reset', () => {
  const { machine, vf, set } = withVfs(INTEL_E810);
  assert.equal(set(setMac), 'done');
  assert.equal(vf.effectiveMac, MAC);
  assert.equal(set({ attribute: 'spoofCheck', value: false }), 'done');
  machine.clock.advance(1000);
  assert.notEqual(observedVf(machine)?.settings, null);
  assert.equal(set({ attribute: 'trust', value: true }), 'done');
  assert.equal(observedVf(machine)?.settings, null);
});

test('setVfSetting() on an 82576: rates need a link that is up and as fast', () => {
  const { machine, pf, vf, set } = withVfs(INTEL_82576);
  assert.equal(set(rate(100)), 'done');
  assert.equal(set(rate(1001)), 'EINVAL');
  assert.equal(set(rate(100, 50)), 'EINVAL');
  machine.setCable(pf, false);
  assert.equal(set(rate(200)), 'EINVAL');
  machine.setCable(pf, true);
  setPfUp(machine, pf, false);
  assert.equal(set(rate(200)), 'EINVAL');
  assert.equal(vf.settings.maxTxRateMbps, 100);
});

test('setLinkSpeed() on an 82576: rates are forgotten when the link has another speed', () => {
  const { machine, pf, vf, set } = withVfs(INTEL_82576);
  set(rate(80));
  machine.setLinkSpeed(pf, 1000);
  assert.equal(vf.settings.maxTxRateMbps, 80);
  machine.setLinkSpeed(pf, 100);
  assert.equal(vf.settings.maxTxRateMbps, null);
});

test('setLinkSpeed() on an E810: rates stay', () => {
  const { machine, pf, vf, set } = withVfs(INTEL_E810);
  set(rate(80, 10));
  machine.setLinkSpeed(pf, 25_000);
  assert.deepEqual([vf.settings.minTxRateMbps, vf.settings.maxTxRateMbps], [10, 80]);
});

test('setVfSetting() on an I350: no rates at all', () => {
  assert.equal(withVfs(INTEL_I350).set(rate(100)), 'EOPNOTSUPP');
});

test('setVfSetting() right after VFs were enabled: rates are refused while an 82576 resets itself', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  const vf = machine.vf(pf, 0);
  assert.equal(
    answerOf(() => setVfSetting(machine, pf, vf, rate(100))),
    'EINVAL',
  );
  machine.clock.advance(5000);
  assert.equal(
    answerOf(() => setVfSetting(machine, pf, vf, rate(100))),
    'done',
  );
});
