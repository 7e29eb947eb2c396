import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTEL_E810 } from '../cards/index.ts';
import { SimulatedCounters, TrafficMeter } from '../counters/index.ts';
import { setVfDriver, writeSriovNumvfs } from '../kernel/index.ts';
import { machineWith } from '../kernel/sample-machine.ts';
import { observeMachine } from '../machine/index.ts';
import { GuestTraffic } from './guest-traffic.ts';

const SECOND_BYTES_PER_MBIT = 125_000;

test('GuestTraffic passes through VFs that guests have, never more than link and rates allow, and nothing without a link', async () => {
  const { machine, pf } = machineWith(INTEL_E810);
  writeSriovNumvfs(machine, pf, 10);
  machine.clock.advance(5000);
  const limited = machine.vf(pf, 0);
  limited.settings = { ...limited.settings, maxTxRateMbps: 100 };
  const disabled = machine.vf(pf, 1);
  disabled.settings = { ...disabled.settings, linkState: 'disable' };
  for (let index = 0; index < 9; index += 1) {
    setVfDriver(machine, pf, machine.vf(pf, index), 'vfio-pci');
    machine.addVfUser(pf, index, { kind: 'vfio', process: 'qemu-system-x86', vm: `web${index}` });
  }
  const meter = new TrafficMeter();
  const traffic = new GuestTraffic(machine, meter);
  const read = async () =>
    (await new SimulatedCounters(machine, meter).read(observeMachine(machine).pfs))[0]?.vfs;
  const sum = (vfs: Awaited<ReturnType<typeof read>>, way: 'rxBytes' | 'txBytes'): number =>
    [...(vfs?.values() ?? [])].reduce((total, each) => total + Number(each[way]), 0);
  const seconds: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    const before = await read();
    machine.clock.advance(1000);
    traffic.pass(1000);
    const after = await read();
    const received = sum(after, 'rxBytes') - sum(before, 'rxBytes');
    seconds.push(Number(after?.get(2)?.rxBytes) - Number(before?.get(2)?.rxBytes));
    assert.ok(received <= pf.linkMbps * SECOND_BYTES_PER_MBIT, 'the link is the limit');
    const sent = Number(after?.get(0)?.txBytes) - Number(before?.get(0)?.txBytes);
    assert.ok(sent <= 100 * SECOND_BYTES_PER_MBIT, 'the rate that the PF has set is');
  }
  assert.ok(Math.min(...seconds) > 0 && new Set(seconds).size > 30, 'a guest wants more and less over time');
  const vfs = await read();
  assert.ok(vfs?.get(2)?.rxBytes !== 0n && vfs?.get(2)?.txPackets !== 0n);
  assert.deepEqual([vfs?.get(1)?.rxBytes, vfs?.get(9)?.rxBytes], [0n, 0n], 'disabled, and nobody’s');

  pf.cable = false;
  traffic.pass(1000);
  assert.equal(sum(await read(), 'rxBytes'), sum(vfs, 'rxBytes'));
});
