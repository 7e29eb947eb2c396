import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError, parseHostId, parsePciAddress } from '@virtfn/model';
import { BCM57414, INTEL_82576, INTEL_I350 } from '../cards/index.ts';
import { writeSriovNumvfs } from '../kernel/index.ts';
import { observeMachine, SimulatedMachine, VirtualClock } from './index.ts';

const twoCards = (hostId: string) =>
  new SimulatedMachine(parseHostId(hostId), new VirtualClock(), [
    {
      card: { ...INTEL_I350, ports: INTEL_I350.ports.slice(0, 1) },
      slot: '0000:07:00',
      netdevNames: ['ens1f0'],
    },
    { card: INTEL_82576, slot: '0000:82:00', netdevNames: ['ens2f0', 'ens2f1'] },
    { card: BCM57414, slot: '0000:c1:00', netdevNames: ['ens3f0', 'ens3f1'] },
  ]);

test('SimulatedMachine gives ports of cards of any size IOMMU groups and MACs of their own', () => {
  const { pfs } = observeMachine(twoCards('host'));
  assert.equal(new Set(pfs.map((pf) => pf.iommuGroup)).size, 5);
  assert.equal(new Set(pfs.map((pf) => pf.mac)).size, 5);
});

test('SimulatedMachine gives the same port of the same host the same MAC, and of another host another one', () => {
  const macs = (hostId: string) => twoCards(hostId).pfs.map((pf) => pf.mac);
  assert.deepEqual(macs('a'), macs('a'));
  assert.ok(macs('a').every((mac, index) => mac !== macs('b')[index]));
});

test('pf() names the PF that is not there', () => {
  assert.throws(
    () => twoCards('host').pf(parsePciAddress('0000:fe:00.0')),
    (error) => isSriovError(error, 'PF_UNKNOWN'),
  );
});

test('onChange() and onUevent() stop when asked', () => {
  const machine = twoCards('host');
  const [pf] = machine.pfs;
  assert.ok(pf !== undefined);
  let heard = 0;
  const stops = [machine.onChange(() => (heard += 1)), machine.onUevent(() => (heard += 1))];
  writeSriovNumvfs(machine, pf, 1);
  assert.ok(heard > 1);
  heard = 0;
  for (const stop of stops) stop();
  machine.clock.advance(5000);
  writeSriovNumvfs(machine, pf, 0);
  assert.equal(heard, 0);
});
