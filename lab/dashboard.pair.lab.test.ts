import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildWeb } from '../tools/web/build-web.ts';
import { LabFleet } from './lab-fleet.ts';
import { labUnderTest, virtfn } from './testing.ts';

// The dashboard of a real controller over two hosts with real kernels, in a real browser.

const lab = labUnderTest();
const hosts = [lab.host('fish-1'), lab.host('fish-2')] as const;
const root = path.dirname(import.meta.dirname);
const SHOTS = path.join(root, 'build/screenshots');
const CHROMIUM = '/usr/bin/chromium';
const PF = '0000:01:00.0';
/** VF 0 is the host's own, with an interface on it: igb counts nothing per VF, and so that interface is what counts. */
const HOST_YAML = (mac: string) => `
version: 1
controllerMayChangeVfs: true
pfs:
  - match: { pciAddress: "${PF}" }
    numVfs: 2
    adminUp: true
    physicalNetworks: [physnet1]
    vfs: [{ index: 0, mac: "${mac}" }]
`;
let fleet: LabFleet;
let browser: Browser;

before(
  async () => {
    await buildWeb(root, path.join(root, 'dist/ui'));
    mkdirSync(SHOTS, { recursive: true });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    fleet = await LabFleet.start({
      hosts,
      configOf: (host) => HOST_YAML(`52:54:00:dd:00:0${hosts.indexOf(host) + 1}`),
      numVfs: 2,
    });
  },
  { timeout: 300_000 },
);
after(async () => {
  await browser.close();
  await fleet.stop();
  await lab.disconnect();
});

/** Opens a page of the dashboard. Hosts are emulated, and take their time. */
async function open(at: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(120_000);
  await page.goto(`${fleet.endpoint}/ui/${at}`);
  return page;
}

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: path.join(SHOTS, `lab-${name}.png`), fullPage: true });

test('both hosts are shown alive, with their cards', { timeout: 200_000 }, async () => {
  const page = await open('');
  for (const { name } of hosts) await page.getByRole('row', { name }).getByText('Alive').waitFor();
  await shoot(page, 'overview');
  await page.getByRole('link', { name: 'fish-1' }).click();
  await page
    .getByRole('list', { name: 'VFs of enp1s0' })
    .getByRole('button', { name: /^VF 0, in use/ })
    .waitFor();
  await shoot(page, 'host');
  await page.close();
});

test('VFs appear on the page when pf set-vfs runs on the host, and when the page has them enabled', {
  timeout: 400_000,
}, async () => {
  const page = await open('hosts/fish-1');
  const vfs = page.getByRole('list', { name: 'VFs of enp1s0' });
  await vfs.getByRole('button', { name: 'VF 1, free' }).waitFor();
  assert.equal(await vfs.getByRole('button').count(), 2);
  // The kernel takes all VFs away to make another number: the host's own is named, so that it may lose it for that while.
  const { status, stdout, stderr } = await virtfn(
    hosts[0],
    'pf',
    'set-vfs',
    'enp1s0',
    '4',
    '--evict',
    'attachment host.0000-01-00.0.0',
  );
  assert.equal(status, 0, `${stdout}${stderr}`);
  await vfs.getByRole('button', { name: 'VF 3, free' }).waitFor();
  await page.close();

  const other = await open(`hosts/fish-2/pfs/0000:02:00.0`);
  await other.getByText('Plan another number of VFs').click();
  await other.getByRole('spinbutton').fill('3');
  await other.getByRole('button', { name: 'Show what it would do' }).click();
  await other.getByRole('button', { name: 'Do it' }).click();
  await other.getByText('Done, and read back').waitFor();
  await other.getByRole('button', { name: 'VF 2, free' }).waitFor();
  assert.equal(
    (await hosts[1].run(['cat', '/sys/bus/pci/devices/0000:02:00.0/sriov_numvfs'])).trim(),
    '3',
    'the kernel has them',
  );
  await other.close();
});

test('a ping shows as bandwidth of the VF that it passes, where an interface counts it', {
  timeout: 300_000,
}, async () => {
  for (const [at, host] of hosts.entries())
    await host.sh(`
      device=$(ls /sys/bus/pci/devices/${PF}/virtfn0/net)
      ip address replace 10.30.0.${at + 1}/24 dev "$device"
      ip link set "$device" up
    `);
  const page = await open(`hosts/fish-1/pfs/${PF}`);
  await page.getByText('● Now').waitFor();
  await page.getByText(/Driver igb does not tell what each VF passes: 1 of \d have an interface/).waitFor();
  const row = page.getByRole('row', { name: /^VF 0/ });
  const pinging = hosts[0].run(['ping', '-q', '-i', '0.05', '-s', '1400', '-w', '40', '10.30.0.2'], {
    timeoutMs: 120_000,
  });
  // 1,400 bytes twenty times a second are 225 kbit/s; with waits of an emulated host it is some part of that.
  await row
    .getByRole('cell', { name: /^\d{2,3}(\.\d)? kbit\/s$/ })
    .nth(1)
    .waitFor();
  await page.getByRole('img', { name: /Received by VFs/ }).waitFor();
  await page.getByRole('list', { name: 'Colours of VFs' }).getByText('VF 0').waitFor();
  assert.match(await pinging, / 0% packet loss|[1-9]\d* received/);
  await shoot(page, 'pf');
  // It has ended, and the page says so.
  await row.getByRole('cell', { name: '0', exact: true }).nth(1).waitFor();
  await page.close();
});
