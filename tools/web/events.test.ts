import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Client, httpTransport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import type { Locator, Page } from 'playwright-core';
import { DashboardRig, skipWithoutChromium, wcagViolations } from './testing/index.ts';

// The audit log in the dashboard: as it grows, and as far back as somebody reads.

const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };
const CHANGES = 450;

describe('the events page', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;
  let neutron: NeutronClient;
  let network: string;

  before(async () => {
    rig = await DashboardRig.start();
    neutron = new NeutronClient(httpTransport(rig.url));
    network = (await neutron.create(NETWORK, { name: 'blue' })).id;
    for (let change = 0; change < CHANGES; change += 1)
      await neutron.update(NETWORK, network, { description: `change ${change}` });
    // Who looks makes the controller put all of them into the log.
    await new Client(httpTransport(rig.url)).call('listSteps', {}, null, { limit: 1 });
  });
  after(() => rig.stop());
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  const list = (page: Page): Locator => page.getByRole('region', { name: 'Audit log' });
  const rowCount = async (page: Page): Promise<number> =>
    Number(await list(page).getByRole('table').getAttribute('aria-rowcount')) - 1;

  it('reads older entries when somebody scrolls to the end or asks for them, and draws only what is looked at', async () => {
    const page = await rig.open('/ui/events');
    await page.getByText(/^200 read$/).waitFor();
    assert.ok((await list(page).getByRole('row').count()) < 70);
    await list(page).focus();
    await page.keyboard.press('End');
    await page.getByText(/^400 read$/).waitFor();
    const older = page.getByRole('button', { name: 'Read older ones' });
    await older.click();
    await page.getByText(/read, and there are no older ones/).waitFor();
    assert.ok((await rowCount(page)) > CHANGES);
    assert.ok((await list(page).getByRole('row').count()) < 70);
    assert.equal(await older.count(), 0);
    await list(page).focus();
    await page.keyboard.press('End');
    await list(page)
      .getByText(/driver probing/)
      .first()
      .waitFor();
  });

  it('puts what comes on top, and does not move what is read', async () => {
    const page = await rig.open('/ui/events');
    await page.getByText(/^200 read$/).waitFor();
    await list(page).evaluate((element) => element.scrollTo(0, 3000));
    const row = list(page).locator('[aria-rowindex="100"]');
    await row.waitFor();
    const top = (await row.boundingBox())?.y;
    await neutron.update(NETWORK, network, { description: 'once more' });
    const same = list(page).locator('[aria-rowindex="101"]');
    await page.getByText(/^201 read$/).waitFor();
    assert.equal((await same.boundingBox())?.y, top);
  });

  it('asks the controller for what stands in the address, and shows the same as a command', async () => {
    const page = await rig.open('/ui/events');
    await page.getByRole('combobox', { name: 'Host' }).fill('sim-fish-2');
    await page.keyboard.press('Enter');
    await page.getByText(/read, and there are no older ones/).waitFor();
    await page.getByText('virtfn audit --host sim-fish-2', { exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Who' }).fill('agent');
    await page.keyboard.press('Enter');
    await page.getByText('virtfn audit --host sim-fish-2 --actor agent', { exact: true }).waitFor();
    assert.match(page.url(), /\?host=sim-fish-2&actor=agent$/);
    await page.reload();
    await list(page)
      .getByText(/driver probing/)
      .first()
      .waitFor();
    assert.equal(await list(page).getByRole('cell', { name: 'sim-fish-1' }).count(), 0);
    // What comes and is not asked for is not shown.
    const count = await rowCount(page);
    await neutron.update(NETWORK, network, { description: 'of nobody here' });
    await page.getByRole('checkbox', { name: 'Only failures' }).check();
    await page.getByText('Nothing of the kind was done.').waitFor();
    await page.getByRole('checkbox', { name: 'Only failures' }).uncheck();
    await list(page).waitFor();
    assert.equal(await rowCount(page), count);
  });

  it('keeps what is being typed while entries come', async () => {
    const page = await rig.open('/ui/events');
    await page.getByText(/^200 read$/).waitFor();
    const host = page.getByRole('combobox', { name: 'Host' });
    await host.pressSequentially('sim-fish');
    await neutron.update(NETWORK, network, { description: 'while somebody types' });
    await page.getByText(/^201 read$/).waitFor();
    await host.pressSequentially('-2');
    await page.keyboard.press('Enter');
    await page.getByText('virtfn audit --host sim-fish-2', { exact: true }).waitFor();
    // What is typed and taken back is forgotten, whatever the address says next.
    await host.fill('sim-fish-1');
    await host.fill('sim-fish-2');
    await host.blur();
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByText(/^200 read$/).waitFor();
    assert.equal(await host.inputValue(), '');
  });

  it('tells one entry in full', async () => {
    const page = await rig.open('/ui/events?q=blue');
    await page.getByText(/Nothing of what is here has “blue” in it/).waitFor();
    await page.getByRole('searchbox', { name: 'Filter' }).fill(`update network ${network}`);
    await list(page)
      .getByRole('button', { name: `update network ${network}` })
      .first()
      .click();
    const entry = page.getByRole('region', { name: `update network ${network}` });
    await entry.getByText(/^req-/).waitFor();
    await rig.shoot(page, 'events-entry');
    await entry.getByRole('button', { name: 'Close' }).click();
    assert.equal(await entry.count(), 0);
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA, ${theme}`, async () => {
      const page = await rig.open('/ui/events?actor=agent', { theme });
      await list(page).getByRole('button').first().click();
      assert.deepEqual(await wcagViolations(page), []);
      await rig.shoot(page, `events-${theme}`);
    });

  it('fits a phone', async () => {
    const page = await rig.open('/ui/events', { width: 390 });
    await list(page).getByRole('button').first().click();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
    await rig.shoot(page, 'events-phone');
  });
});
