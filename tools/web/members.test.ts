import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { skipWithoutChromium, StrictController, wcagViolations, WatchedBrowser } from './testing/index.ts';

const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };

// Who looks says who he is, and sees what is his.

describe('the dashboard of a controller that asks who it is', { skip: skipWithoutChromium() }, () => {
  let controller: StrictController;
  let browser: WatchedBrowser;
  let admin: string;
  let member: string;

  before(async () => {
    controller = await StrictController.start();
    browser = await WatchedBrowser.start();
    admin = await controller.makeToken('root', 'admin', 'operators');
    member = await controller.makeToken('ada', 'member', 'p1');
  });
  after(async () => {
    await browser.stop();
    await controller.stop();
  });
  afterEach(async () => {
    assert.deepEqual(await browser.closePages(), []);
  });

  /** Opens a page in a tab that has a token already. */
  const openAs = async (token: string, at: string, theme: 'dark' | 'light' = 'light'): Promise<Page> => {
    const page = await browser.open(`${controller.url}${at}`, { theme, kept: { 'virtfn-token': token } });
    await page.getByRole('status').getByText('Live').waitFor();
    return page;
  };

  it('asks a stranger who he is, refuses a wrong token, and takes a good one', async () => {
    const page = await browser.open(`${controller.url}/ui/`);
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
    assert.deepEqual(await wcagViolations(page), []);
    await browser.shoot(page, 'sign-in');
    await page.getByLabel('Token').fill('vft_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('status').getByText('Not signed in').waitFor();
    await page.getByLabel('Token').fill(admin);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    // The browser says of what was refused that it was.
    assert.match((await browser.closePages()).join(), /401/);
  });

  it('shows a member networks and ports of his project, as they come, and asks for nothing else', async () => {
    const page = await openAs(member, '/ui/');
    await page.getByRole('heading', { name: 'Ports' }).waitFor();
    const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    assert.deepEqual(await pages.allTextContents(), ['Networks', 'Ports']);
    await page.getByRole('link', { name: 'Networks' }).click();
    await page.getByRole('button', { name: 'Create a network' }).click();
    const network = page.getByRole('dialog', { name: 'Create a network' });
    assert.equal(await network.getByRole('combobox').count(), 0);
    await network.getByRole('textbox', { name: 'Name' }).fill('blue');
    await network.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('There are no networks.').waitFor();
    await page.getByRole('link', { name: 'Ports', exact: true }).click();
    await page.getByText('There are no ports.').waitFor();
  });

  it('lets a member make, find and delete a port, and nothing that is about hosts', async () => {
    const network = await controller.neutron(admin).create(NETWORK, { name: 'wire', project_id: 'p1' });
    const page = await openAs(member, '/ui/ports');
    await page.getByRole('button', { name: 'Create a port' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a port' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('needle');
    await dialog.getByRole('combobox', { name: 'Network' }).selectOption(network.id);
    assert.equal(await dialog.getByRole('combobox', { name: 'Host' }).count(), 0);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'needle' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('needle');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'What was found' }).getByRole('link', { name: 'needle' }).click();
    await page.getByRole('heading', { name: 'Port needle' }).waitFor();
    // All buttons come together: before them, nothing that is absent says anything.
    const remove = page.getByRole('button', { name: 'Delete' });
    await remove.waitFor();
    for (const name of ['Bind', 'Attach']) assert.equal(await page.getByRole('button', { name }).count(), 0);
    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no ports.').waitFor();
  });

  it('lets a reader look at what is of his project, and offers him nothing to change', async () => {
    const reader = await controller.makeToken('eve', 'reader', 'p1');
    const network = await controller.neutron(member).create(NETWORK, { name: 'quiet' });
    const port = { name: 'port', collection: 'ports', path: 'ports' };
    await controller.neutron(member).create(port, { name: 'still', network_id: network.id });
    const page = await openAs(reader, '/ui/networks');
    await page.getByRole('link', { name: 'eve, who may only look' }).waitFor();
    await page.getByRole('row', { name: /quiet/ }).waitFor();
    const isNoButton = async (): Promise<void> =>
      assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
    await isNoButton();
    await page.getByRole('link', { name: 'Ports', exact: true }).click();
    await page.getByRole('link', { name: 'still' }).waitFor();
    await isNoButton();
    await page.getByRole('link', { name: 'still' }).click();
    await page.getByRole('heading', { name: 'Port still' }).waitFor();
    await isNoButton();
  });

  for (const at of ['/ui/settings', '/ui/events', '/ui/hosts/fish', '/ui/hosts/fish/pfs/0000:82:00.0'])
    it(`says of ${at} that it is for administrators, and lets one sign in`, async () => {
      const page = await openAs(member, at);
      await page.getByRole('heading', { name: 'This page is for administrators' }).waitFor();
      await page.getByText('You are ada, a member of project p1').waitFor();
      if (at !== '/ui/settings') return;
      await page.getByLabel('Token').fill(admin);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Join a host' }).waitFor();
      await page.getByRole('link', { name: 'root' }).waitFor();
    });

  it('makes a token that is shown once, and revokes it', async () => {
    const page = await openAs(admin, '/ui/settings');
    const tokens = page.getByRole('region', { name: 'Tokens' });
    await tokens.getByRole('row', { name: /^ada member p1/ }).waitFor();
    await tokens.getByRole('textbox', { name: 'Name' }).fill('terraform');
    await tokens.getByRole('textbox', { name: 'Project' }).fill('p2');
    await tokens
      .getByText('virtfn token create terraform --role member --project p2 --expires-in-days 365')
      .waitFor();
    await tokens.getByRole('button', { name: 'Make this token' }).click();
    const shown = tokens.getByRole('region', { name: 'Token terraform' });
    const token = await shown.innerText();
    const { asker } = await controller.client(token).call('about', {}, null);
    assert.deepEqual(asker, { userName: 'terraform', projectId: 'p2', isAdmin: false, mayWrite: true });
    await page.reload();
    await tokens.getByRole('button', { name: 'Revoke token terraform' }).click();
    assert.equal(await shown.count(), 0);
    const dialog = page.getByRole('dialog', { name: 'Revoke token terraform' });
    await dialog.getByText('virtfn token revoke terraform').waitFor();
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await tokens.getByRole('row', { name: /^terraform/ }).waitFor({ state: 'detached' });
  });

  it('shows a token that somebody else has made, without a reload', async () => {
    const page = await openAs(admin, '/ui/settings');
    const request = { name: 'late', role: 'reader', projectId: null, expiresInDays: null } as const;
    await page.getByRole('row', { name: /^ada/ }).waitFor();
    await controller.client(admin).call('createToken', {}, request);
    // The audit log tells of it, and is written when somebody looks or a moment later.
    await controller.client(admin).call('listSteps', {}, null);
    await page.getByRole('row', { name: /^late reader operators/ }).waitFor();
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA for members and tokens, ${theme}`, async () => {
      for (const [name, token, at] of [
        ['member-ports', member, '/ui/ports'],
        ['member-settings', member, '/ui/settings'],
        ['settings-tokens', admin, '/ui/settings'],
        ['sign-in-again', member, '/ui/sign-in'],
      ] as const) {
        const page = await openAs(token, at, theme);
        await page.getByRole('heading', { level: 1 }).waitFor();
        assert.deepEqual(await wcagViolations(page), []);
        await browser.shoot(page, `${name}-${theme}`);
      }
    });
});
