import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { httpTransport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import type { Page } from 'playwright-core';
import {
  DashboardRig,
  layoutShift,
  MachineFleet,
  refusedCommands,
  skipWithoutChromium,
  wcagViolations,
} from './testing/index.ts';

// Networks and ports, and all that is done to them, by the names that a person finds things by.

const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };
const PORT = { name: 'port', collection: 'ports', path: 'ports' };

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
    assert.deepEqual(await refusedCommands(dialog), []);
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
    assert.deepEqual(await refusedCommands(page.getByRole('dialog')), []);
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

describe('ports in the dashboard', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;
  let network: string;

  before(async () => {
    rig = await DashboardRig.start();
    network = await rig.make('network', { name: 'blue' });
  });
  after(() => rig.stop());
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  it('says that there are none, makes one without a VF, and goes from network to ports and back', async () => {
    const page = await rig.open('/ui/ports');
    await page.getByText('There are no ports.').waitFor();
    await page.getByRole('button', { name: 'Create a port' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create a port' });
    await dialog.getByText('It needs a network').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web-1');
    await dialog.getByRole('combobox', { name: 'Network' }).selectOption('blue');
    await dialog.getByText('virtfn port create web-1 --network blue --type direct').waitFor();
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('whichever has a VF for it');
    assert.deepEqual(await refusedCommands(dialog), []);
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('none yet');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /^web-1 ○ not bound blue fa:16:3e:/ }).waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'Networks' }).click();
    await page.getByRole('link', { name: '1 port of blue' }).click();
    await page.getByRole('row', { name: /^web-1/ }).waitFor();
    assert.match(page.url(), /\/ui\/ports\?q=blue$/);
  });

  it('binds a port, after it has said which VF that will be and what each host says', async () => {
    const page = await rig.open('/ui/ports');
    await page.getByRole('link', { name: 'web-1' }).click();
    await page.getByRole('heading', { name: 'Port web-1' }).waitFor();
    await page.getByText('Bound to no host').waitFor();
    await page.getByRole('button', { name: 'Bind' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bind port web-1' });
    await dialog.getByText(/It would get VF \d of PF 0000:82:00\.\d of host sim-fish-\d/).waitFor();
    await dialog.getByText('What each host says').click();
    await dialog.getByRole('definition').filter({ hasText: 'It would get VF' }).nth(1).waitFor();
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('sim-fish-2');
    await dialog.getByText(/virtfn port bind \S+ --host sim-fish-2/).waitFor();
    assert.deepEqual(await refusedCommands(dialog), []);
    assert.deepEqual(await wcagViolations(page), []);
    await rig.shoot(page, 'port-bind');
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await dialog.waitFor({ state: 'detached' });
    // What the host has read back, without a reload.
    await page.getByText('Set up by its host, and read back').waitFor();
    const way = page.getByRole('list', { name: 'From the host to the virtual machine' });
    await way.getByRole('link', { name: 'sim-fish-2' }).waitFor();
    await page.getByText(/The card: the card drops frames with another MAC or VLAN/).waitFor();
    await page.getByText('read back').first().waitFor();
  });

  it('says for each host why it refuses, and keeps the dialog when nobody takes it', async () => {
    const flat = await rig.make('network', {
      name: 'empty',
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet2',
    });
    // The cards on physnet2 have no VFs.
    const port = await rig.make('port', { name: 'lonely', network_id: flat, 'binding:vnic_type': 'direct' });
    const page = await rig.open(`/ui/ports/${port}`);
    await page.getByRole('button', { name: 'Bind' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bind port lonely' });
    await dialog.getByText('It gets no VF').waitFor();
    for (const host of ['sim-fish-1', 'sim-fish-2'])
      await dialog.getByRole('listitem').filter({ hasText: host }).first().waitFor();
    await rig.shoot(page, 'port-refused');
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('sim-fish-1');
    await dialog.getByRole('button', { name: 'Bind' }).click();
    await dialog.getByRole('alert').getByText('PORT_UNPLACEABLE').waitFor();
    assert.equal(await dialog.getByRole('combobox', { name: 'Host' }).inputValue(), 'sim-fish-1');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction("document.activeElement?.textContent === 'Bind'");
    assert.match((await rig.closePages()).join(), /409/);
  });

  it('takes a VF back, and deletes a port', async () => {
    const page = await rig.open('/ui/ports?q=web-1');
    await page.getByRole('link', { name: 'web-1' }).click();
    await page.getByRole('button', { name: 'Unbind' }).click();
    const unbind = page.getByRole('dialog', { name: 'Unbind port web-1' });
    await unbind.getByText('on host sim-fish-2').waitFor();
    assert.deepEqual(await refusedCommands(unbind), []);
    await unbind.getByRole('button', { name: 'Unbind' }).click();
    await page.getByText('Bound to no host').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    const remove = page.getByRole('dialog', { name: 'Delete port web-1' });
    await remove.getByText(/virtfn port delete/).waitFor();
    assert.deepEqual(await refusedCommands(remove), []);
    await remove.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'Ports' }).waitFor();
    await page.getByRole('row', { name: /^lonely/ }).waitFor();
    await page.getByRole('row', { name: /^web-1/ }).waitFor({ state: 'detached' });
  });

  it('finds ports by what stands in the address, and says when there is none', async () => {
    await rig.make('port', { name: 'shop', network_id: network, 'binding:host_id': 'sim-fish-1' });
    const page = await rig.open('/ui/ports?q=lonely%20bound');
    await page.getByRole('row', { name: /^lonely/ }).waitFor();
    assert.equal(await page.getByRole('row', { name: /^shop/ }).count(), 0);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('nobody');
    await page.getByText('No port has “nobody” in its name').waitFor();
    assert.match(page.url(), /q=nobody/);
  });

  it('says of a port that is not there that it is not', async () => {
    const page = await rig.open('/ui/ports/953c7b2e-a393-40d7-af9a-4f7339b254ad');
    await page.getByText('There is no such port').waitFor();
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA, ${theme}`, async () => {
      const port = await rig.make('port', {
        name: `shown-${theme}`,
        network_id: network,
        'binding:vnic_type': 'direct',
        'binding:host_id': 'sim-fish-1',
      });
      for (const [name, at] of [
        ['ports', '/ui/ports'],
        ['port', `/ui/ports/${port}`],
      ] as const) {
        const page = await rig.open(at, { theme });
        await page.getByText('● active').first().waitFor();
        const shift = await layoutShift(page);
        assert.ok(shift < 0.01, `${name} moves by ${shift}`);
        assert.deepEqual(await wcagViolations(page), []);
        await rig.shoot(page, `${name}-${theme}`);
      }
    });

  it('fits a phone', async () => {
    const port = await rig.make('port', { network_id: network, 'binding:vnic_type': 'direct' });
    for (const [at, action] of [
      ['/ui/ports', 'Create a port'],
      [`/ui/ports/${port}`, 'Attach'],
    ] as const) {
      const page = await rig.open(at, { width: 390 });
      await page.getByRole('button', { name: action }).click();
      await page.getByRole('dialog').waitFor();
      for (const what of ['document.documentElement', "document.querySelector('dialog')"]) {
        const spare = await page.evaluate(`${what}.clientWidth - ${what}.scrollWidth`);
        assert.equal(spare, 0, `${what} of ${at}`);
      }
    }
  });

  it('reads more ports than one page of the API has, and draws only those that are looked at', async () => {
    const neutron = new NeutronClient(httpTransport(rig.url));
    await neutron.update({ name: 'quota', collection: 'quotas', path: 'quotas' }, 'fake_project_id', {
      port: -1,
    });
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) =>
        neutron.create(PORT, { name: `many-${index}`, network_id: network }),
      ),
    );
    const page = await rig.open('/ui/ports?q=many-');
    await page.getByText(/^1200 of \d+ ports$/).waitFor();
    const list = page.getByRole('region', { name: 'Ports', exact: true });
    await list.getByRole('row', { name: /^many-0 / }).waitFor();
    assert.equal(await list.getByRole('table').getAttribute('aria-rowcount'), '1201');
    assert.ok((await list.getByRole('row').count()) < 70);
    await list.focus();
    await page.keyboard.press('End');
    const last = list.getByRole('row', { name: /^many-1199 / });
    await last.waitFor();
    assert.equal(await last.getAttribute('aria-rowindex'), '1201');
    assert.ok((await list.getByRole('row').count()) < 70);
  });

  it('keeps what was typed when the controller is gone, and what was known', async () => {
    const page = await rig.open('/ui/ports');
    await page.getByRole('row', { name: /^lonely/ }).waitFor();
    await page.getByRole('button', { name: 'Create a port' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('late');
    await dialog.getByRole('combobox', { name: 'Network' }).selectOption('blue');
    await rig.stopController();
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByRole('alert').getByText('CONTROLLER_UNREACHABLE').waitFor();
    assert.equal(await dialog.getByRole('textbox', { name: 'Name' }).inputValue(), 'late');
    await rig.shoot(page, 'port-unreachable');
    await page.keyboard.press('Escape');
    await page.getByRole('row', { name: /^lonely/ }).waitFor();
    await rig.closePages();
  });
});

describe('ports in virtual machines, in the dashboard', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;
  let fleet: MachineFleet;
  let port: string;

  before(async () => {
    rig = await DashboardRig.start();
    fleet = await MachineFleet.start(['east', 'west']);
    fleet.run('east', 'shop');
    const neutron = new NeutronClient(httpTransport(fleet.url));
    const network = await neutron.create(NETWORK, { name: 'blue' });
    const values = { name: 'web', network_id: network.id, 'binding:vnic_type': 'direct' };
    port = (await neutron.create(PORT, values)).id;
  });
  after(async () => {
    await fleet.stop();
    await rig.stop();
  });
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  const openPort = async (): Promise<Page> => {
    const page = await rig.open('/ui/');
    await page.goto(`${fleet.url}/ui/ports/${port}`);
    return page;
  };

  it('attaches a port to a machine that its host has told of', async () => {
    const page = await openPort();
    await page.getByRole('button', { name: 'Attach' }).click();
    const dialog = page.getByRole('dialog', { name: 'Attach port web to a virtual machine' });
    await dialog.getByText('It needs a virtual machine').waitFor();
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('east');
    await dialog.getByRole('combobox', { name: 'Virtual machine' }).selectOption('shop, running');
    await dialog.getByText(`virtfn attach shop --port ${port} --host east`).waitFor();
    await dialog.getByText(/It would get VF/).waitFor();
    await dialog
      .getByRole('combobox', { name: 'Kind' })
      .selectOption('failover: a VF, and a virtio interface that stands by');
    await dialog.getByRole('combobox', { name: 'When' }).selectOption('from its next start');
    assert.deepEqual(await refusedCommands(dialog), []);
    await dialog.getByRole('combobox', { name: 'Kind' }).selectOption('as the port says: direct');
    await dialog.getByRole('combobox', { name: 'When' }).selectOption('now, and at each start');
    assert.deepEqual(await wcagViolations(page), []);
    await rig.shoot(page, 'port-attach');
    await dialog.getByRole('button', { name: 'Attach' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Set up by its host, and read back').waitFor();
    const way = page.getByRole('list', { name: 'From the host to the virtual machine' });
    await way.getByText('shop').waitFor();
  });

  it('shows how far a migration is, and gives it up', async () => {
    fleet.setGuest('east', 'shop', 'silent');
    const page = await openPort();
    await page.getByRole('button', { name: 'Migrate' }).click();
    const dialog = page.getByRole('dialog', { name: 'Migrate virtual machine shop' });
    await dialog.getByRole('button', { name: 'Migrate' }).click();
    await dialog.waitFor({ state: 'detached' });
    const progress = page.getByRole('region', { name: 'Migration' });
    await progress.getByText('◆ shop is on its way from east to west').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Detach' }).count(), 0);
    await rig.shoot(page, 'port-migrating');
    await progress.getByRole('button', { name: 'Give it up' }).click();
    const cancel = page.getByRole('dialog', { name: 'Give up moving shop' });
    await cancel.getByText(/virtfn migration cancel \S+/).waitFor();
    assert.deepEqual(await refusedCommands(cancel), []);
    await cancel.getByRole('button', { name: 'Give it up' }).click();
    await progress.getByText('shop stays on east').waitFor();
    fleet.setGuest('east', 'shop', 'willing');
    await page.getByRole('button', { name: 'Detach' }).waitFor();
  });

  it('migrates the machine of a port', async () => {
    const page = await openPort();
    await page.getByText('Set up by its host, and read back').waitFor();
    await page.getByRole('button', { name: 'Migrate' }).click();
    const dialog = page.getByRole('dialog', { name: 'Migrate virtual machine shop' });
    await dialog.getByText('virtfn migrate shop west').waitFor();
    assert.deepEqual(await refusedCommands(dialog), []);
    await dialog.getByText(/has no network from the moment its VF is unplugged/).waitFor();
    await rig.shoot(page, 'port-migrate');
    await dialog.getByRole('button', { name: 'Migrate' }).click();
    await dialog.waitFor({ state: 'detached' });
    const progress = page.getByRole('region', { name: 'Migration' });
    await progress.getByText('shop was moved from east to west').waitFor();
    const way = page.getByRole('list', { name: 'From the host to the virtual machine' });
    await way.getByText('west').waitFor();
    await way.getByText('shop').waitFor();
    await rig.shoot(page, 'port-migrated');
    assert.deepEqual(await wcagViolations(page), []);
  });

  it('detaches a port from its machine', async () => {
    const page = await openPort();
    await page.getByRole('button', { name: 'Detach' }).click();
    const dialog = page.getByRole('dialog', { name: 'Detach port web' });
    await dialog.getByText(`virtfn detach shop --port ${port}`).waitFor();
    assert.deepEqual(await refusedCommands(dialog), []);
    await dialog.getByText('virtual machine shop on host west').waitFor();
    await dialog.getByRole('button', { name: 'Detach' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Bound to no host').waitFor();
  });

  it('says why a port cannot be attached, and keeps what was typed', async () => {
    const page = await openPort();
    await page.getByRole('button', { name: 'Attach' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'Host' }).selectOption('east');
    await dialog.getByRole('textbox', { name: 'Virtual machine' }).fill('nobody');
    await dialog.getByRole('button', { name: 'Attach' }).click();
    await dialog.getByRole('alert').getByText('VM_UNKNOWN').waitFor();
    assert.equal(await dialog.getByRole('textbox', { name: 'Virtual machine' }).inputValue(), 'nobody');
    assert.match((await rig.closePages()).join(), /404/);
  });
});
