import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHostId } from '@virtfn/model';
import { observeMachine, VirtualClock } from '../machine/index.ts';
import { fishMachine } from './index.ts';

test('fishMachine() is the host of the notes', () => {
  const { hostId, pfs } = observeMachine(fishMachine(new VirtualClock()));
  assert.equal(hostId, 'fish');
  assert.deepEqual(
    pfs.map((pf) => [pf.netdevName, pf.pciAddress, `${pf.vendorId}:${pf.productId}`, pf.driver, pf.numVfs]),
    [
      ['eth0', '0000:07:00.0', '8086:1521', 'igb', 0],
      ['eth1', '0000:07:00.1', '8086:1521', 'igb', 0],
      ['eth2', '0000:82:00.0', '8086:10c9', 'igb', 0],
      ['eth3', '0000:82:00.1', '8086:10c9', 'igb', 0],
    ],
  );
  assert.deepEqual(
    pfs.map((pf) => pf.carriesDefaultRoute),
    [true, false, false, false],
  );
});

test('fishMachine() twice on one wire: no two ports share a MAC', () => {
  const clock = new VirtualClock();
  const macs = ['sim-fish-1', 'sim-fish-2'].flatMap((name) =>
    fishMachine(clock, parseHostId(name)).pfs.map((pf) => pf.mac),
  );
  assert.equal(new Set(macs).size, 8);
});
