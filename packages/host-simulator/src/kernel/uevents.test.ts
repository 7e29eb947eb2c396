import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTEL_82576, INTEL_E810 } from '../cards/index.ts';
import { observeMachine, type SimulatedMachine, type Uevent } from '../machine/index.ts';
import { setVfDriver, writeSriovNumvfs } from './index.ts';
import { machineWith } from './sample-machine.ts';

/** What the kernel tells, one line each: `add net 82:10.0/eth0`. */
function listen(machine: SimulatedMachine): { take(): readonly string[] } {
  const heard: Uevent[] = [];
  machine.onUevent((event) => heard.push(event));
  return {
    take: () =>
      heard
        .splice(0)
        .map(({ action, subsystem, device }) => `${action} ${subsystem} ${device.replace('0000:', '')}`),
  };
}

test('writeSriovNumvfs() K6: uevents of new VFs come first, then the change of the PF, before num_VFs is set', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  const events = listen(machine);
  let atChange: number | null = null;
  machine.onUevent((event) => {
    if (event.action === 'change') atChange = pf.numVfs;
  });
  writeSriovNumvfs(machine, pf, 2);
  assert.deepEqual(events.take(), [
    'add pci 82:10.0',
    'add net 82:10.0/eth0',
    'bind pci 82:10.0',
    'add pci 82:10.2',
    'add net 82:10.2/eth1',
    'bind pci 82:10.2',
    'change pci 82:00.0',
  ]);
  assert.equal(atChange, 0);
  assert.equal(pf.numVfs, 2);
});

test('writeSriovNumvfs() K6: disabling tells of the removal of VFs and nothing of the PF', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  machine.clock.advance(1000);
  const events = listen(machine);
  writeSriovNumvfs(machine, pf, 0);
  machine.clock.advance(5000);
  assert.deepEqual(events.take(), [
    'remove net 82:10.0/ens1f0v0',
    'unbind pci 82:10.0',
    'remove pci 82:10.0',
  ]);
});

test('writeSriovNumvfs() K6: with sriov_drivers_autoprobe off VFs get no driver, and those that have one keep it', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  pf.driversAutoprobe = false;
  assert.equal(pf.vfs[0]?.driver, 'igbvf');
  writeSriovNumvfs(machine, pf, 0);
  const events = listen(machine);
  writeSriovNumvfs(machine, pf, 1);
  assert.equal(pf.vfs[0]?.driver, null);
  assert.deepEqual(events.take(), ['add pci 82:10.0', 'change pci 82:00.0']);
});

test('onChange() tells of VFs that come and go also on cards whose PF is not reset', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  pf.driversAutoprobe = false;
  let changes = 0;
  machine.onChange(() => (changes += 1));
  writeSriovNumvfs(machine, pf, 1);
  assert.equal(changes, 1);
  writeSriovNumvfs(machine, pf, 0);
  assert.equal(changes, 2);
});

test('virtfn links appear later than sriov_numvfs reads the new number', () => {
  const { machine, pf } = machineWith(INTEL_E810);
  writeSriovNumvfs(machine, pf, 40);
  const seen: number[] = [];
  for (const ms of [0, 20, 20, 20]) {
    machine.clock.advance(ms);
    const [first] = observeMachine(machine).pfs;
    assert.equal(first?.numVfs, 40);
    seen.push(first.vfs.length);
  }
  assert.deepEqual(seen, [0, 16, 32, 40]);
});

test('udev renames the interfaces of VFs a moment later, and the kernel gives their first names again', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  const name = (vfIndex: number) => machine.vf(pf, vfIndex).netdevName;
  writeSriovNumvfs(machine, pf, 2);
  assert.deepEqual([name(0), name(1)], ['eth0', 'eth1']);
  machine.clock.advance(100);
  assert.deepEqual([name(0), name(1)], ['ens1f0v0', 'ens1f0v1']);
  // Pain 17: another interface is eth0 now.
  setVfDriver(machine, pf, machine.vf(pf, 1), 'none');
  const events = listen(machine);
  setVfDriver(machine, pf, machine.vf(pf, 1), 'kernel');
  machine.clock.advance(100);
  assert.deepEqual(events.take(), ['add net 82:10.2/eth0', 'bind pci 82:10.2', 'move net 82:10.2/ens1f0v1']);
});

test('a rename that was under way when the VF went is not told', () => {
  const { machine, pf } = machineWith(INTEL_82576);
  writeSriovNumvfs(machine, pf, 1);
  machine.reboot();
  const events = listen(machine);
  machine.clock.advance(1000);
  assert.deepEqual(events.take(), []);
});
