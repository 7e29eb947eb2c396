import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { DevlinkPort } from '../codec/index.ts';
import { DevlinkClient } from './index.ts';

// Runs inside a lab host, on the kernel's own simulated device: no card of the lab has a switchdev mode.

const device = '/sys/bus/netdevsim/devices/netdevsim10';
const handle = { busName: 'netdevsim', devName: 'netdevsim10' };
const VFS = 4;
const mbps = (value: number): bigint => BigInt(value) * 125_000n;
const setNumVfs = (numVfs: number): void => writeFileSync(`${device}/sriov_numvfs`, `${numVfs}`);

const opened = await DevlinkClient.open();
assert.ok(opened !== null, 'the kernel of the lab has devlink');
const devlink = opened;

before(async () => {
  setNumVfs(0);
  setNumVfs(VFS);
  await devlink.setEswitch(handle, { kind: 'mode', mode: 'switchdev' });
});

after(async () => {
  await devlink.setEswitch(handle, { kind: 'mode', mode: 'legacy' });
  setNumVfs(0);
  devlink.close();
});

async function portOfVf(vfIndex: number): Promise<DevlinkPort> {
  const ports = await devlink.listPorts(handle);
  const port = ports.find(({ flavour, vfNumber }) => flavour === 'pcivf' && vfNumber === vfIndex);
  return port ?? assert.fail(`VF ${vfIndex} has no port`);
}

/** As `devlink` reads it. */
function shownByTool(port: DevlinkPort): unknown {
  const name = `netdevsim/netdevsim10/${port.portIndex}`;
  const output = execFileSync('devlink', ['-j', 'port', 'function', 'rate', 'show', name], {
    encoding: 'utf8',
  });
  return (JSON.parse(output) as { rate: Record<string, unknown> }).rate[name];
}

test('DevlinkClient shows a rate for each VF and none for the ports of the card', async () => {
  const vfPorts = await Promise.all(Array.from({ length: VFS }, (_, vfIndex) => portOfVf(vfIndex)));
  assert.deepEqual(
    (await devlink.listRates(handle)).map(({ object, txShare, txMax }) => ({ object, txShare, txMax })),
    vfPorts.map(({ portIndex }) => ({ object: { kind: 'leaf', portIndex }, txShare: 0n, txMax: 0n })),
  );
  const uplink = (await devlink.listPorts(handle)).find(({ flavour }) => flavour === 'physical');
  assert.ok(uplink !== undefined);
  await assert.rejects(devlink.getRate(uplink), { code: 'ENODEV' });
  await assert.rejects(devlink.setRate(uplink, { kind: 'tx-max', bytesPerSecond: mbps(1) }), {
    code: 'ENODEV',
  });
});

test('DevlinkClient sets the rate of one VF, which `devlink` shows too, and takes it back', async () => {
  const port = await portOfVf(2);
  await devlink.setRate(port, { kind: 'tx-max', bytesPerSecond: mbps(800) });
  await devlink.setRate(port, { kind: 'tx-share', bytesPerSecond: mbps(100) });
  const { txShare, txMax } = await devlink.getRate(port);
  assert.deepEqual([txShare, txMax], [mbps(100), mbps(800)]);
  assert.deepEqual(shownByTool(port), { type: 'leaf', tx_share: 12_500_000, tx_max: 100_000_000 });
  for (const { object, ...rate } of await devlink.listRates(handle)) {
    const isSet = object.kind === 'leaf' && object.portIndex === port.portIndex;
    assert.deepEqual([rate.txShare, rate.txMax], isSet ? [mbps(100), mbps(800)] : [0n, 0n]);
  }
  await devlink.setRate(port, { kind: 'tx-share', bytesPerSecond: 0n });
  await devlink.setRate(port, { kind: 'tx-max', bytesPerSecond: 0n });
  const takenBack = await devlink.getRate(port);
  assert.deepEqual([takenBack.txShare, takenBack.txMax], [0n, 0n]);
});

test('DevlinkClient sets a rate again without a refusal', async () => {
  const port = await portOfVf(0);
  for (let time = 0; time < 2; time += 1) {
    await devlink.setRate(port, { kind: 'tx-max', bytesPerSecond: mbps(10) });
    assert.equal((await devlink.getRate(port)).txMax, mbps(10));
  }
});

test('DevlinkClient shows what `devlink` has set', async () => {
  const port = await portOfVf(3);
  const name = `netdevsim/netdevsim10/${port.portIndex}`;
  execFileSync('devlink', ['port', 'function', 'rate', 'set', name, 'tx_share', '5mbit', 'tx_max', '50mbit']);
  const { txShare, txMax } = await devlink.getRate(port);
  assert.deepEqual([txShare, txMax], [mbps(5), mbps(50)]);
});

test('DevlinkClient throws what the driver refuses, in its own words', async () => {
  const port = await portOfVf(1);
  await assert.rejects(devlink.setRate(port, { kind: 'tx-max', bytesPerSecond: 1n }), {
    code: 'EINVAL',
    kernelMessage: 'netdevsim: TX rate value not in link speed units of 1Mbps.',
  });
  await assert.rejects(devlink.setRate(port, { kind: 'tx-max', bytesPerSecond: mbps(70_000) }), {
    code: 'EINVAL',
  });
  assert.equal((await devlink.getRate(port)).txMax, 0n);
});

test('DevlinkClient shows groups of rates, and who belongs to one', async () => {
  const port = await portOfVf(1);
  const name = `netdevsim/netdevsim10/${port.portIndex}`;
  const rate = (...args: readonly string[]): void =>
    void execFileSync('devlink', ['port', 'function', 'rate', ...args]);
  rate('add', 'netdevsim/netdevsim10/group', 'tx_max', '500mbit');
  rate('set', name, 'parent', 'group');
  try {
    const node = (await devlink.listRates(handle)).find(({ object }) => object.kind === 'node');
    assert.deepEqual(node?.object, { kind: 'node', name: 'group' });
    assert.equal(node?.txMax, mbps(500));
    assert.equal((await devlink.getRate(port)).parent, 'group');
  } finally {
    rate('set', name, 'noparent');
    rate('del', 'netdevsim/netdevsim10/group');
  }
});
