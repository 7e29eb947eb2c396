import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { PLAIN_ATTACH } from '@virtfn/contract/host-program/testing';
import { LoneAgent, skipWithoutChromium, wcagViolations, WatchedBrowser } from './testing/index.ts';

const CONFIG = `
version: 1
pfs:
  - match: { netdevName: eth2 }
    numVfs: 3
    physicalNetworks: [physnet1]
bridges:
  - { name: br0, physicalNetwork: physnet1, vlan: 100 }
`;

// One host shows itself: a real agent over a simulated kernel, and no controller anywhere.

describe('the dashboard of one host', { skip: skipWithoutChromium() }, () => {
  let agent: LoneAgent;
  let browser: WatchedBrowser;

  before(async () => {
    agent = await LoneAgent.start(CONFIG);
    browser = await WatchedBrowser.start();
  });
  after(async () => {
    await browser.stop();
    await agent.stop();
  });
  afterEach(async () => {
    assert.deepEqual(await browser.closePages(), []);
  });

  const open = (at: string, options: Parameters<WatchedBrowser['open']>[1] = {}) =>
    browser.open(`${agent.url}${at}`, options);

  it('begins with the host, with pages that a host has', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'fish (simulated)' }).waitFor();
    assert.equal(page.url(), `${agent.url}/ui/hosts/fish`);
    await page.getByRole('status').getByText('Live').waitFor();
    const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    assert.deepEqual(await pages.allTextContents(), ['Host', 'Events']);
    await page.getByText('VFs cannot be given to guests').waitFor();
    await page.getByRole('list', { name: 'VFs of eth2' }).getByRole('button').nth(2).waitFor();
  });

  it('shows at once what its owner does on it', async () => {
    const page = await open('/ui/');
    const vfs = page.getByRole('list', { name: 'VFs of eth2' });
    await vfs.getByRole('button', { name: 'VF 0, free' }).waitFor();
    agent.hypervisor.start(agent.hypervisor.define('web1'));
    await agent.ask({
      ...PLAIN_ATTACH,
      vm: 'web1',
      kind: 'direct',
      scope: null,
      physicalNetwork: 'physnet1',
      vlanId: 100,
      mac: '52:54:00:aa:00:01',
    });
    const taken = vfs.getByRole('button', { name: /^VF 0, in use/ });
    await taken.click();
    await page.getByText('52:54:00:aa:00:01').waitFor();
    await page.getByText('virtfn vf show eth2 0').waitFor();
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('cell', { name: /^plug VF 0000:82:10\.0 with MAC .* into VM web1$/ }).waitFor();
  });

  it('plans another number of VFs, and does not offer to make them', async () => {
    const page = await open('/ui/');
    const card = page.getByRole('article').filter({ hasText: 'eth3' });
    await card.getByText('Plan another number of VFs').click();
    await card.getByRole('spinbutton', { name: 'VFs of eth3' }).fill('2');
    await card.getByRole('button', { name: 'Show what it would do' }).click();
    await card.getByText(/^set 2 VFs on PF/).waitFor();
    await card.getByText('virtfn pf set-vfs eth3 2').waitFor();
    // Whatever a button that makes them would be called.
    assert.deepEqual(await card.getByRole('button').allTextContents(), ['Show what it would do']);
    assert.equal(agent.host.machine.pfs.find(({ netdevName }) => netdevName === 'eth3')?.vfs.length, 0);
  });

  it('finds VFs by MAC, address and machine', async () => {
    const page = await open('/ui/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const results = page.getByRole('region', { name: 'What was found' });
    for (const [words, hit] of [
      ['52-54-00-AA-00-01', 'VF 0 of eth2'],
      ['82:10.2', 'VF 1 of eth2'],
      ['web1', 'VF 0 of eth2'],
      ['eth3', 'eth3'],
      ['fish', 'fish'],
    ] as const) {
      await page.getByRole('searchbox', { name: 'Search' }).fill(words);
      await page.keyboard.press('Enter');
      await results.getByRole('link', { name: hit, exact: true }).waitFor();
    }
    await page.goto(`${agent.url}/ui/search?q=10.0.0.1`);
    await page.getByText('Nothing is “10.0.0.1”').waitFor();
  });

  for (const at of ['/ui/networks', '/ui/ports', '/ui/ports/some', '/ui/settings'])
    it(`says of ${at} that it is about a fleet`, async () => {
      const page = await open(at);
      await page.getByRole('heading', { name: 'This is about a fleet' }).waitFor();
      await page.getByRole('link', { name: 'What this host has' }).click();
      await page.getByRole('heading', { name: 'fish (simulated)' }).waitFor();
    });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA on every page, ${theme}`, async () => {
      for (const [name, at] of [
        ['host', '/ui/hosts/fish?vf=0000:82:00.0/0'],
        ['pf', '/ui/hosts/fish/pfs/0000:82:00.0'],
        ['events', '/ui/events'],
        ['search', '/ui/search?q=eth2'],
        ['about-a-fleet', '/ui/networks'],
      ] as const) {
        const page = await open(at, { theme });
        await page.getByRole('status').getByText('Live').waitFor();
        await page.getByRole('heading', { level: 1 }).waitFor();
        assert.deepEqual(await wcagViolations(page), []);
        await browser.shoot(page, `lone-${name}-${theme}`);
      }
    });

  it('fits a phone', async () => {
    for (const at of [
      '/ui/hosts/fish?vf=0000:82:00.0/0',
      '/ui/hosts/fish/pfs/0000:82:00.0',
      '/ui/events',
      '/ui/networks',
    ]) {
      const page = await open(at, { width: 390 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, at);
    }
  });

  it('says that what it shows may be old once the agent is gone', async () => {
    const page = await open('/ui/');
    await page.getByRole('status').getByText('Live').waitFor();
    await agent.stop();
    await page
      .getByRole('status')
      .getByText(/Not connected for \d+ s: what you see may be old/)
      .waitFor();
    await page.getByRole('heading', { name: 'fish (simulated)' }).waitFor();
    await browser.closePages();
  });
});
