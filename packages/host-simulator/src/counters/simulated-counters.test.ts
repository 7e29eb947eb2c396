import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilityOfDriver, parsePciAddress } from '@virtfn/model';
import { CARDS, INTEL_E810 } from '../cards/index.ts';
import { writeSriovNumvfs } from '../kernel/index.ts';
import { machineWith } from '../kernel/sample-machine.ts';
import { observeMachine } from '../machine/index.ts';
import { SimulatedCounters, TrafficMeter } from './index.ts';

const PING = { rxBytes: 98n, rxPackets: 1n, txBytes: 98n, txPackets: 1n } as const;

for (const [name, card] of Object.entries({ ...CARDS, novel: { ...INTEL_E810, driver: 'novel' } })) {
  const { vfStats } = capabilityOfDriver(card.driver);
  test(`SimulatedCounters tell of VFs of ${name} as the table says: ${vfStats}`, async () => {
    const { machine, pf } = machineWith(card);
    writeSriovNumvfs(machine, pf, 2);
    machine.clock.advance(5000);
    const meter = new TrafficMeter();
    const counters = new SimulatedCounters(machine, meter);
    const read = async () => (await counters.read(observeMachine(machine).pfs))[0];
    const quiet = await read();
    assert.equal(quiet?.vfs?.get(1)?.rxBytes, vfStats === 'yes' ? 0n : undefined);

    meter.count(machine.vf(pf, 1), PING);
    meter.count(machine.vf(pf, 1), { ...PING, multicast: 1n });
    meter.count(pf, { txBytes: 60n, txPackets: 1n, txErrors: 2n });
    const told = await read();
    assert.equal(told?.own.txErrors, 2n);
    assert.equal(told.own.rxBytes, 0n, 'what VFs pass is not the own traffic of the PF');
    if (vfStats === 'no') assert.equal(told.vfs, null, 'zeros would be taken for no traffic');
    else assert.deepEqual([told.vfs?.get(0)?.rxBytes, told.vfs?.get(1)?.rxBytes], [0n, 196n]);
    assert.equal(told.vfs?.get(1)?.multicast, vfStats === 'no' ? undefined : 1n);

    writeSriovNumvfs(machine, pf, 0);
    writeSriovNumvfs(machine, pf, 2);
    machine.clock.advance(5000);
    assert.ok(((await read())?.vfs?.get(1)?.rxBytes ?? 0n) === 0n, 'a new VF has counted nothing');
  });
}

test('SimulatedCounters leave out a PF that is not there, or has no interface', async () => {
  const { machine } = machineWith(INTEL_E810);
  const counters = new SimulatedCounters(machine, new TrafficMeter());
  const [first] = observeMachine(machine).pfs;
  assert.ok(first !== undefined);
  const others = [
    { ...first, pciAddress: parsePciAddress('0000:01:00.0') },
    { ...first, netdevName: null, driver: 'vfio-pci' },
  ];
  assert.deepEqual(await counters.read(others), []);
});
