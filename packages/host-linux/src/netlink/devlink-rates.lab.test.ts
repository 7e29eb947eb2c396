import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { parsePciAddress } from '@virtfn/model';
import { DevlinkClient } from '@virtfn/netlink';
import { findVfPort, rateChanges, portsOfVfs } from './devlink-rates.ts';

// Runs inside a lab host. netdevsim is on no PCI bus, so that PF and driver are not one here; its ports and rates are real.

const handle = { busName: 'netdevsim', devName: 'netdevsim10' };
const anyPf = parsePciAddress('0000:01:00.0');
const setNumVfs = (numVfs: number): void =>
  writeFileSync('/sys/bus/netdevsim/devices/netdevsim10/sriov_numvfs', `${numVfs}`);
const opened = await DevlinkClient.open();
assert.ok(opened !== null, 'the kernel of the lab has devlink');
const devlink = opened;

before(async () => {
  setNumVfs(0);
  setNumVfs(3);
  await devlink.setEswitch(handle, { kind: 'mode', mode: 'switchdev' });
});

after(async () => {
  await devlink.setEswitch(handle, { kind: 'mode', mode: 'legacy' });
  setNumVfs(0);
  devlink.close();
});

test('rates in Mbit/s go to the port of the VF that is meant, and come back as they were', async () => {
  const ports = await devlink.listPorts(handle);
  const port = findVfPort(ports, anyPf, 1);
  assert.ok(port !== null);
  const free = { minTxRateMbps: null, maxTxRateMbps: null };
  for (const wanted of [
    { minTxRateMbps: 100, maxTxRateMbps: 1000 },
    { minTxRateMbps: 1500, maxTxRateMbps: 2000 },
    { minTxRateMbps: 1, maxTxRateMbps: 1 },
    { minTxRateMbps: null, maxTxRateMbps: 4999 },
    free,
  ]) {
    for (const change of rateChanges(await devlink.getRate(port), wanted))
      await devlink.setRate(port, change);
    const found = portsOfVfs(ports, await devlink.listRates(handle), anyPf);
    assert.deepEqual(
      [...found].map(([vfIndex, { rate }]) => [vfIndex, rate]),
      [
        [0, free],
        [1, wanted],
        [2, free],
      ],
    );
  }
});
