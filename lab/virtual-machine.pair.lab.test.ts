import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { labUnderTest } from './testing.ts';
import { LabVm, prepareHosts } from './virtual-machine/index.ts';

// That a machine can move between two hosts of the lab, by libvirt alone.

const lab = labUnderTest();
const [fish1, fish2] = [lab.host('fish-1'), lab.host('fish-2')];
const vm = new LabVm('molly', [fish1, fish2]);

before(async () => {
  await prepareHosts([fish1, fish2]);
  await vm.remove();
  await vm.create();
});
after(async () => {
  await vm.remove();
  await lab.disconnect();
});

test('virsh migrate moves a running machine to the other host, where it goes on as it was', async () => {
  await vm.run('echo kept > /tmp/kept');
  await vm.virsh('migrate', '--live', '--p2p', '--persistent', vm.name, 'qemu+tcp://fish-2/system');
  assert.equal(await vm.run('cat /tmp/kept'), 'kept\n');
  assert.equal(await vm.find(), fish2);
  assert.equal(vm.host, fish2);
});
