import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Client, httpTransport } from '@virtfn/contract';
import { DashboardRig, skipWithoutChromium, wcagViolations } from './testing/index.ts';

// Nothing of the dashboard is replaced here, and things are found by the names that a person, or a person's screen reader, finds them by.

describe('the dashboard', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;

  before(async () => {
    rig = await DashboardRig.start();
  });
  after(() => rig.stop());
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  it('is where a browser is sent that asks for the controller, and shows its hosts', async () => {
    const page = await rig.open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(page.url(), `${rig.url}/ui/`);
    const row = page.getByRole('row', { name: /sim-fish-1 \(simulated\)/ });
    await row.getByText('Alive').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'sim-fish-1 (simulated)' }).waitFor();
    assert.equal(page.url(), `${rig.url}/ui/hosts/sim-fish-1`);
  });

  it('shows a port on its VF as soon as it is bound, and the way to it', async () => {
    const page = await rig.open('/ui/hosts/sim-fish-1');
    const vfs = page.getByRole('list', { name: 'VFs of eth2' });
    await vfs.getByRole('button', { name: 'VF 0, free' }).waitFor();
    const network = await rig.make('network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 150,
    });
    const port = await rig.make('port', {
      network_id: network,
      'binding:vnic_type': 'direct',
      'binding:host_id': 'sim-fish-1',
      'binding:profile': { pci_slot: '0000:82:10.2', physical_network: 'physnet1' },
    });
    const sign = vfs.getByRole('button', { name: `VF 1, in use, ${port}` });
    await sign.click();
    const way = page.getByRole('list', { name: 'From the host to the virtual machine' });
    for (const name of ['sim-fish-1', 'eth2', '0000:82:10.2', port]) await way.getByText(name).waitFor();
    // What the kernel has been told shows without a reload.
    await page.getByText('150', { exact: true }).waitFor();
    await page.reload();
    await way.getByText(port).waitFor();
    await sign.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'VF 2 of eth2' }).waitFor();
  });

  it('shows what another number of VFs would do, and to whom', async () => {
    const page = await rig.open('/ui/hosts/sim-fish-1');
    const card = page.getByRole('article').filter({ has: page.getByRole('list', { name: 'VFs of eth2' }) });
    await card.getByText('Plan another number of VFs').click();
    const count = card.getByRole('spinbutton', { name: 'VFs of eth2' });
    await count.fill('3');
    await card.getByRole('button', { name: 'Show what it would do' }).click();
    // VF 1 has a port, and virtfn never takes it away by the way.
    await card.getByText(/Refused: Cannot set 3 VFs/).waitFor();
    await count.fill('7');
    await card.getByRole('button', { name: 'Show what it would do' }).click();
    await card.getByText('Nothing would be done: it is so already.').waitFor();
    const free = page.getByRole('article').filter({ hasText: 'eth1' });
    await free.getByText('Plan another number of VFs').click();
    await free.getByRole('spinbutton', { name: 'VFs of eth1' }).fill('4');
    await free.getByRole('button', { name: 'Show what it would do' }).click();
    await free.getByText('PF 0000:07:00.1 loses its link for a moment: nobody uses it').waitFor();
    await free.getByText('virtfn pf set-vfs eth1 4').waitFor();
    await free.getByText(/^set 4 VFs on PF/).waitFor();
  });

  it('filters events by what stands in the address', async () => {
    const page = await rig.open('/ui/events?q=sim-fish-2%20driver');
    const rows = page.getByRole('row');
    await rows
      .getByText(/driver probing/)
      .first()
      .waitFor();
    assert.equal(await rows.getByText('sim-fish-1').count(), 0);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('nothing-has-this');
    await page.getByText('Nothing of what is here has “nothing-has-this” in it.').waitFor();
    assert.match(page.url(), /q=nothing-has-this/);
  });

  it('finds a VF by its address, a port by its MAC, IP and name, and a host', async () => {
    const network = await rig.make('network', {
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet2',
    });
    await rig.make('subnet', { network_id: network, ip_version: 4, cidr: '10.7.0.0/24' });
    await rig.make('port', {
      network_id: network,
      name: 'needle',
      mac_address: 'fa:16:3e:00:77:01',
      fixed_ips: [{ ip_address: '10.7.0.77' }],
    });
    const page = await rig.open('/ui/');
    const results = page.getByRole('region', { name: 'What was found' });
    for (const [words, hit] of [
      ['82:10.3', /VF \d of eth\d of sim-fish-2/],
      ['FA-16-3E-00-77-01', 'needle'],
      ['10.7.0.77', 'needle'],
      ['needle', 'needle'],
      // A machine without a port.
      ['db2', 'db2 on sim-fish-2'],
      ['sim-fish-1', 'sim-fish-1'],
    ] as const) {
      await page.getByRole('searchbox', { name: 'Search' }).fill(words);
      await page.keyboard.press('Enter');
      await results.getByRole('link', { name: hit }).waitFor();
    }
    await results.getByRole('link', { name: 'sim-fish-1' }).click();
    await page.getByRole('heading', { name: 'sim-fish-1 (simulated)' }).waitFor();
    await page.goto(`${rig.url}/ui/search?q=nothing-like-it`);
    await page.getByText('Nothing is “nothing-like-it”').waitFor();
  });

  it('makes a token by which a host may join, once', async () => {
    const page = await rig.open('/ui/settings');
    await page.getByRole('row', { name: /sim-fish-1.*Connected/ }).waitFor();
    await page.getByRole('textbox', { name: 'Host' }).fill('compute7');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const typed = page.getByLabel('What is to be typed on the host');
    const about = await new Client(httpTransport(rig.url)).call('about', {}, null);
    // Others reach nobody by the name that the browser has here, nor by a port that agents do not dial.
    const address = `https://CONTROLLER:${about.agentPort}`;
    const words = new RegExp(`^virtfn agent enrol ${address} --token virtfn-enrol-1\\.\\S+ --name compute7$`);
    await typed.getByText(words).waitFor();
    await page.getByText('write its name for CONTROLLER').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Join a host' }).waitFor();
    assert.equal(await typed.count(), 0);
    await page.getByRole('spinbutton', { name: /Good for/ }).fill('999');
    await page.getByRole('button', { name: 'Make a token' }).click();
    // The browser says what is wrong, and nothing is sent.
    assert.equal(await typed.count(), 0);
  });

  it('says of a host that is not there what there is', async () => {
    const page = await rig.open('/ui/hosts/nobody');
    await page.getByRole('alert').getByText('HOST_UNKNOWN').waitFor();
    // The browser says so, too.
    assert.match((await rig.closePages()).join(), /404/);
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA on every page, ${theme}`, async () => {
      for (const [name, at] of [
        ['overview', '/ui/'],
        ['host', '/ui/hosts/sim-fish-1?vf=0000:82:00.0/1'],
        ['events', '/ui/events'],
        ['settings', '/ui/settings'],
        ['search', '/ui/search?q=sim-fish'],
      ] as const) {
        const page = await rig.open(at, { theme });
        await page.getByRole('status').getByText('Live').waitFor();
        await page.getByRole('heading', { level: 1 }).waitFor();
        assert.deepEqual(await wcagViolations(page), []);
        await rig.shoot(page, `${name}-${theme}`);
      }
    });

  it('fits a phone without a page that is wider than its screen', async () => {
    for (const at of ['/ui/', '/ui/hosts/sim-fish-1?vf=0000:82:00.0/1', '/ui/events', '/ui/settings']) {
      const page = await rig.open(at, { width: 390 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.equal(width, 390, at);
    }
  });

  it('weighs less than 80 kB of script and style, compressed', async (t) => {
    const page = await rig.open('/ui/');
    await page.getByRole('status').getByText('Live').waitFor();
    const names = await page.evaluate<readonly string[]>(
      "performance.getEntriesByType('resource').map(({ name }) => name)",
    );
    const files = names.filter((name) => /\.(?:css|js)$/.test(name));
    const sizes = await Promise.all(
      files.map(
        async (file) => gzipSync(Buffer.from(await (await fetch(file)).arrayBuffer()), { level: 9 }).length,
      ),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${bytes} bytes in ${files.length} files`);
    assert.ok(files.length >= 2 && bytes < 80_000, `${bytes} bytes`);
  });

  it('says that what it shows may be old once the controller is gone', async () => {
    const page = await rig.open('/ui/');
    await page.getByRole('status').getByText('Live').waitFor();
    await rig.stopController();
    await page
      .getByRole('status')
      .getByText(/Not connected for \d+ s: what you see may be old/)
      .waitFor();
    await page.getByRole('row', { name: /^sim-fish-1/ }).waitFor();
    await rig.closePages();
  });
});
