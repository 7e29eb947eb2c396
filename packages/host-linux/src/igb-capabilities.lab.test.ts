import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  capabilityOfDriver,
  parseMacAddress,
  parsePciAddress,
  parseVlan,
  type VfSetting,
  type VfSettings,
} from '@virtfn/model';
import { type LinkFacts, NetlinkRefusal } from './netlink/link-kernel.ts';
import { RouteKernel } from './netlink/index.ts';
import { PCI_DEVICES } from './sysfs/read-vfs.ts';
import { SysfsReader } from './sysfs/sysfs-reader.ts';

// Runs inside a lab host. What the table says of igb is what the driver answers: each row asked of the kernel, not of us.

const pf = parsePciAddress(process.env['VIRTFN_LAB_PF'] ?? '0000:01:00.0');
const file = (name: string): string => `${PCI_DEVICES}/${pf}/${name}`;
const igb = capabilityOfDriver('igb');
const kernel = new RouteKernel();
const [netdev = ''] = readdirSync(file('net'));
const ifIndex = Number(readFileSync(`/sys/class/net/${netdev}/ifindex`, 'utf8'));
const mac = parseMacAddress('52:54:00:00:cc:01');

const readLink = (): Promise<LinkFacts> => kernel.readLink(ifIndex);
async function readVf(vfIndex: number): Promise<VfSettings> {
  const settings = (await readLink()).vfs.get(vfIndex);
  assert.ok(settings !== undefined, `the kernel shows VF ${vfIndex}`);
  return settings;
}

/** The errno of the kernel's refusal; null when it took the setting. */
async function errnoOf(call: Promise<void>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    assert.ok(error instanceof NetlinkRefusal);
    // One number has two names.
    return error.errno === 'ENOTSUP' ? 'EOPNOTSUPP' : error.errno;
  }
}
const set = (setting: VfSetting, vfIndex = 0): Promise<string | null> =>
  errnoOf(kernel.setVf(ifIndex, vfIndex, setting));

/** The errno of the kernel's refusal of a number of VFs; null when it took it. */
function setNumVfs(numVfs: number): string | null {
  try {
    writeFileSync(file('sriov_numvfs'), `${numVfs}`);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? null;
  }
}

async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let wait = 0; wait < 300; wait += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  assert.fail(`${what} within 30 s`);
}
const waitForCarrier = (): Promise<void> =>
  waitUntil('the PF has carrier', async () => (await readLink()).carrier);

const setDown = (): void => void execFileSync('ip', ['link', 'set', netdev, 'down']);

before(async () => {
  setNumVfs(0);
  writeFileSync(file('sriov_drivers_autoprobe'), '0');
  setDown();
  assert.equal(igb.vfCountNeedsPfUp, false);
  assert.equal(setNumVfs(2), null);
  await kernel.setUp(ifIndex);
  await waitForCarrier();
});
after(() => {
  setNumVfs(0);
  writeFileSync(file('sriov_drivers_autoprobe'), '1');
  kernel.close();
});

/** A setting of each attribute, and what it looks like when read back. */
const settings: readonly { readonly setting: VfSetting; readonly shown: Partial<VfSettings> }[] = [
  { setting: { attribute: 'adminMac', value: mac }, shown: { adminMac: mac } },
  { setting: { attribute: 'vlan', value: parseVlan(100, 3) }, shown: { vlan: parseVlan(100, 3) } },
  { setting: { attribute: 'spoofCheck', value: false }, shown: { spoofCheck: false } },
  { setting: { attribute: 'trust', value: true }, shown: { trust: true } },
  { setting: { attribute: 'linkState', value: 'disable' }, shown: { linkState: 'disable' } },
];

for (const { setting, shown } of settings) {
  const { attribute } = setting;
  if (attribute === 'rate') continue;
  test(`igb ${igb.attributes[attribute] === 'yes' ? 'takes' : 'refuses'} ${attribute}, as the table says`, async () => {
    const earlier = await readVf(0);
    const refusal = await set(setting);
    const want =
      igb.attributes[attribute] === 'yes'
        ? { refusal: null, shows: { ...earlier, ...shown } }
        : { refusal: 'EOPNOTSUPP', shows: earlier };
    assert.deepEqual({ refusal, shows: await readVf(0) }, want);
  });
}

test('igb takes a greatest rate and refuses a least one, as the table says', async () => {
  assert.deepEqual([igb.attributes.maxTxRateMbps, igb.attributes.minTxRateMbps], ['yes', 'no']);
  assert.equal(await set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 200 } }), null);
  assert.equal((await readVf(0)).maxTxRateMbps, 200);
  const refusal = await set({ attribute: 'rate', value: { minTxRateMbps: 100, maxTxRateMbps: 200 } });
  assert.equal(refusal, 'EINVAL');
  assert.equal((await readVf(0)).minTxRateMbps, null);
});

test('igb takes rates from the smallest on, and none above what the link does', async () => {
  const { smallestMbps } = igb.rates;
  assert.equal(
    await set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: smallestMbps } }),
    null,
  );
  assert.equal((await readVf(0)).maxTxRateMbps, smallestMbps);
  assert.equal(
    await set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 1001 } }),
    'EINVAL',
  );
  assert.equal(await set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: null } }), null);
  assert.equal((await readVf(0)).maxTxRateMbps, null);
});

test('igb takes the VLAN protocols of the table and no other', async () => {
  for (const proto of ['802.1q', '802.1ad'] as const) {
    const refusal = await set({ attribute: 'vlan', value: parseVlan(200, 0, proto) });
    assert.equal(refusal, igb.vlanProtocols.includes(proto) ? null : 'EPROTONOSUPPORT', proto);
  }
});

test('igb forgets a MAC that is set to zero, as the table says', async () => {
  assert.equal(igb.macClearedBy, 'zero');
  assert.equal(await set({ attribute: 'adminMac', value: mac }), null);
  assert.equal(await set({ attribute: 'adminMac', value: null }), null);
  assert.equal((await readVf(0)).adminMac, null);
});

test('igb refuses rates while the link is down, as the table says', async () => {
  assert.equal(igb.rates.needsLink, true);
  setDown();
  const refusal = await set({ attribute: 'rate', value: { minTxRateMbps: null, maxTxRateMbps: 100 } });
  await kernel.setUp(ifIndex);
  await waitForCarrier();
  assert.equal(refusal, 'EINVAL');
});

test('igb is the driver of a product that takes rates, and has no devlink', async () => {
  const product = readFileSync(file('device'), 'utf8').trim().slice(2);
  assert.ok(igb.rates.onlyProducts?.includes(product), product);
  assert.equal(igb.switchdev, null);
  assert.equal(await kernel.readDevlink(pf), null);
});

test('igb drops the link of its PF for a moment when VFs come', async () => {
  assert.equal(igb.vfCountDropsPfLink, true);
  const changes = (): number => Number(readFileSync(`/sys/class/net/${netdev}/carrier_changes`, 'utf8'));
  assert.equal(setNumVfs(0), null);
  await waitForCarrier();
  const earlier = changes();
  assert.equal(setNumVfs(1), null);
  await waitForCarrier();
  assert.ok(changes() > earlier, 'the carrier went away');
});

test('igbvf drives its VFs, whose own MAC the PF shows, and which see another one after a reload', async () => {
  writeFileSync(file('sriov_drivers_autoprobe'), '1');
  assert.equal(setNumVfs(0), null);
  assert.equal(setNumVfs(1), null);
  // null also when udev renames the interface between the two reads.
  const reader = new SysfsReader('/');
  const ownMac = (): string | null => {
    const [name] = reader.list(file('virtfn0/net')) ?? [];
    return name === undefined ? null : reader.text(file(`virtfn0/net/${name}/address`));
  };
  await waitUntil('the VF has an interface', async () => ownMac() !== null);
  assert.equal(path.basename(readlinkSync(file('virtfn0/driver'))), igb.vfDriver);
  assert.equal(igb.reportsOwnMac, true);
  await waitUntil('the PF shows the MAC of the VF', async () => {
    const { adminMac } = await readVf(0);
    return adminMac !== null && adminMac === ownMac();
  });

  assert.equal(igb.macTakesEffect, 'reload');
  assert.equal(await set({ attribute: 'adminMac', value: mac }), null);
  // Some MAC of its own: udev may give it another one meanwhile.
  assert.notEqual(ownMac(), mac);
  const vf = path.basename(readlinkSync(file('virtfn0')));
  writeFileSync(file('virtfn0/driver/unbind'), vf);
  writeFileSync(`/sys/bus/pci/drivers/igbvf/bind`, vf);
  await waitUntil('the VF has the MAC of the PF', async () => ownMac() === mac);
});

test('igb has as many VFs as the table says, and refuses one more', () => {
  assert.equal(setNumVfs(0), null);
  assert.equal(Number(readFileSync(file('sriov_totalvfs'), 'utf8')), igb.maxVfs);
  assert.equal(setNumVfs((igb.maxVfs ?? 0) + 1), 'ERANGE');
  assert.equal(setNumVfs(igb.maxVfs ?? 0), null);
});
