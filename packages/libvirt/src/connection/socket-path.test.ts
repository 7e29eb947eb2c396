import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketPathsOf } from './socket-path.ts';

const places = { userRuntime: '/run/user/1000', readOnly: false };

const cases = [
  {
    name: 'the system daemon of a driver, then the one for all',
    given: { uri: 'qemu:///system', ...places },
    want: ['/run/libvirt/virtqemud-sock', '/run/libvirt/libvirt-sock'],
  },
  {
    name: 'node devices',
    given: { uri: 'nodedev:///system', ...places },
    want: ['/run/libvirt/virtnodedevd-sock', '/run/libvirt/libvirt-sock'],
  },
  {
    name: 'readers',
    given: { uri: 'qemu:///system', ...places, readOnly: true },
    want: ['/run/libvirt/virtqemud-sock-ro', '/run/libvirt/libvirt-sock-ro'],
  },
  {
    name: "a user's own daemon",
    given: { uri: 'qemu:///session', ...places, readOnly: true },
    want: ['/run/user/1000/libvirt/virtqemud-sock', '/run/user/1000/libvirt/libvirt-sock'],
  },
  {
    name: 'the test driver, which has no daemon of its own',
    given: { uri: 'test:///default', ...places },
    want: ['/run/libvirt/libvirt-sock'],
  },
];

for (const { name, given, want } of cases) {
  test(`socketPathsOf() knows ${name}`, () => {
    assert.deepEqual(socketPathsOf(given.uri, given), want);
  });
}

const refused = ['', 'qemu', 'qemu+ssh://host/system', 'qemu+unix:///system', 'qemu://host/system'];

for (const uri of refused) {
  test(`socketPathsOf() refuses "${uri}"`, () => {
    assert.throws(() => socketPathsOf(uri, places), RangeError);
  });
}

test('socketPathsOf() needs XDG_RUNTIME_DIR for a session', () => {
  assert.throws(() => socketPathsOf('qemu:///session', { ...places, userRuntime: null }), RangeError);
});
