import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { DashboardRig, skipWithoutChromium, wcagViolations } from './testing/index.ts';

// Networks and ports, and all that is done to them, by the names that a person finds things by.

describe('networks in the dashboard', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;

  before(async () => {
    rig = await DashboardRig.start();
  });
  after(() => rig.stop());
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  it('says that there are none, and makes one with its subnets, with a VLAN that the controller chooses', async () => {
    const page = await rig.open('/ui/networks');
    await page.getByText('There are no networks.').waitFor();
    const button = page.getByRole('button', { name: 'Create a network' });
    await button.click();
    const dialog = page.getByRole('dialog', { name: 'Create a network' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('blue');
    await dialog.getByRole('combobox', { name: 'Physical network' }).selectOption('physnet1');
    await dialog.getByRole('textbox', { name: 'IPv4 addresses' }).fill('10.0.0.0/24');
    await dialog.getByText('virtfn network create blue --physical-network physnet1').waitFor();
    await rig.shoot(page, 'network-create');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
    const row = page.getByRole('row', {
      name: /^blue vlan physnet1 \d+ 1500 0 ports of blue 10\.0\.0\.0\/24/,
    });
    await row.waitFor();
    // The keyboard is where it was before.
    await page.waitForFunction("document.activeElement?.textContent === 'Create a network'");
  });

  it('keeps what was typed when it is refused, and goes on from what was made', async () => {
    const page = await rig.open('/ui/networks');
    await page.getByRole('button', { name: 'Create a network' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a network' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('green');
    await dialog.getByRole('textbox', { name: 'IPv4 addresses' }).fill('10.0.0.1/99');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('REQUEST_INVALID').waitFor();
    assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'green');
    await dialog.getByRole('textbox', { name: 'IPv4 addresses' }).fill('10.0.1.0/24');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /^green vlan .*10\.0\.1\.0\/24/ }).waitFor();
    assert.equal(await page.getByRole('row', { name: /^green/ }).count(), 1);
    // The browser says of what was refused that it was.
    assert.match((await rig.closePages()).join(), /400/);
  });

  it('shows what others make and delete, without a reload', async () => {
    const page = await rig.open('/ui/networks');
    await page.getByRole('row', { name: /^blue/ }).waitFor();
    const network = await rig.make('network', { name: 'red' });
    const row = page.getByRole('row', { name: /^red/ });
    await row.getByRole('link', { name: '0 ports of red' }).waitFor();
    await rig.make('port', { network_id: network });
    await row.getByRole('link', { name: '1 port of red' }).waitFor();
  });

  it('deletes a network, and says why it does not', async () => {
    const page = await rig.open('/ui/networks');
    const network = await rig.make('network', { name: 'brown' });
    await rig.make('port', { network_id: network, device_id: 'vm-1', device_owner: 'compute:nova' });
    await page.getByRole('button', { name: 'Delete network brown' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete network brown' });
    await dialog.getByText('It has a port').waitFor();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('alert').getByText('API_REFUSED').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete network green' }).click();
    await page.getByRole('dialog').getByText(`virtfn network delete`).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('row', { name: /^green/ }).waitFor({ state: 'detached' });
    assert.match((await rig.closePages()).join(), /409/);
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA, ${theme}`, async () => {
      const page = await rig.open('/ui/networks', { theme });
      await page.getByRole('row', { name: /^blue/ }).waitFor();
      assert.deepEqual(await wcagViolations(page), []);
      await rig.shoot(page, `networks-${theme}`);
      await page.getByRole('button', { name: 'Create a network' }).click();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await wcagViolations(page), []);
    });

  it('fits a phone', async () => {
    const page = await rig.open('/ui/networks', { width: 390 });
    await page.getByRole('row', { name: /^blue/ }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  });
});
