import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Client, httpTransport } from '@virtfn/contract';
import { NeutronClient } from '@virtfn/contract/neutron-client';
import { INTEL_E810, SimulatedMachine } from '@virtfn/host-simulator';
import { parsePciAddress } from '@virtfn/model';
import type { Locator, Page } from 'playwright-core';
import {
  DashboardRig,
  layoutShift,
  MachineFleet,
  refusedCommands,
  refusedLines,
  skipWithoutChromium,
  wcagViolations,
} from './testing/index.ts';

// The page of one host: the picture of its ways, what differs, and what is looked at.

const NETWORK = { name: 'network', collection: 'networks', path: 'networks' };
const PORT = { name: 'port', collection: 'ports', path: 'ports' };
const FIRST = parsePciAddress('0000:82:00.0');
const SECOND = parsePciAddress('0000:82:00.1');

describe('the page of a host', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;
  let fleet: MachineFleet;
  let neutron: NeutronClient;
  let client: Client;
  let network: string;

  before(async () => {
    rig = await DashboardRig.start();
    fleet = await MachineFleet.start(['fish', 'whale']);
    fleet.run('fish', 'shop');
    fleet.run('fish', 'idle');
    neutron = new NeutronClient(httpTransport(fleet.url));
    client = new Client(httpTransport(fleet.url));
    network = (await neutron.create(NETWORK, { name: 'blue' })).id;
  });
  after(async () => {
    await fleet.stop();
    await rig.stop();
  });
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  const open = async (at: string, options: Parameters<DashboardRig['open']>[1] = {}): Promise<Page> => {
    const page = await rig.open('/ui/', options);
    await page.goto(`${fleet.url}/ui/hosts/${at}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };
  const waysOf = (page: Page): Locator => page.getByRole('region', { name: 'The way to its machines' });

  /** Makes a port and binds it to a VF. */
  const bind = async (hostId: string, pciAddress: string): Promise<string> => {
    const { id } = await neutron.create(PORT, {
      network_id: network,
      'binding:vnic_type': 'direct',
      'binding:host_id': hostId,
      'binding:profile': { pci_slot: pciAddress, physical_network: 'physnet1' },
    });
    return id;
  };

  it('draws the way from the host to its machines, and to ears lists in lists', async () => {
    const page = await open('fish');
    const ways = waysOf(page);
    const alone = ways.getByRole('list', { name: 'Virtual machines without a VF' });
    await alone.getByRole('link', { name: 'VM shop, running' }).waitFor();
    const ports: string[] = [];
    for (const _ of [FIRST, SECOND]) {
      const { id } = await neutron.create(PORT, { network_id: network, 'binding:vnic_type': 'direct' });
      const scope = 'live' as const;
      await client.call('attachPort', { portId: id }, { vm: 'shop', hostId: 'fish', kind: null, scope });
      await ways.getByRole('link', { name: `port ${id}` }).waitFor();
      ports.push(id);
    }
    const ofHost = ways.getByRole('list', { name: 'PFs of fish' });
    for (const [index, name] of ['eth2', 'eth3'].entries()) {
      const ofPf = ofHost.getByRole('list', { name: `Behind ${name}` });
      const way = ofPf.getByRole('listitem').filter({ has: page.getByRole('link', { name: /^VF 0 / }) });
      await way.getByRole('link', { name: 'VF 0 in use' }).waitFor();
      await way.getByRole('link', { name: `port ${ports[index]}` }).waitFor();
      await way.getByRole('link', { name: 'VM shop, running' }).waitFor();
      await ofPf.getByRole('link', { name: `6 free of ${name}` }).waitFor();
    }
    // To eyes, the two VFs meet in one machine.
    const machines = await ways.getByRole('link', { name: 'VM shop, running' }).all();
    const places = await Promise.all(machines.map((machine) => machine.boundingBox()));
    assert.equal(places.length, 2);
    assert.deepEqual(places[0], places[1]);
  });

  it('is gone through by keyboard, and what is chosen stands in the address', async () => {
    const page = await open('fish');
    const ways = waysOf(page);
    await ways.getByRole('link', { name: 'PF eth3 1 Gbit/s' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'VF 0 of eth3' }).waitFor();
    assert.match(page.url(), /\/hosts\/fish\?vf=0000:82:00\.1\/0$/);
    assert.equal(await ways.locator('[aria-current]').getAttribute('aria-label'), 'VF 0 in use');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const machine = page.getByRole('region', { name: 'Virtual machine shop' });
    for (const name of ['VF 0 of eth2', 'VF 0 of eth3']) await machine.getByRole('link', { name }).waitFor();
    await page.reload();
    await machine.waitFor();
    await ways.getByRole('link', { name: '6 free of eth3' }).click();
    await page.getByRole('heading', { name: 'VF 1 of eth3' }).waitFor();
  });

  it('says how to ask for what is chosen by command', async () => {
    const page = await open('fish');
    for (const [sign, name] of [
      ['VF 0 in use', 'VF 0 of eth3'],
      ['VM shop, running', 'Virtual machine shop'],
    ] as const) {
      await waysOf(page).getByRole('link', { name: sign }).last().click();
      const shown = await page.getByRole('region', { name }).getByRole('code').innerText();
      assert.deepEqual(refusedLines(shown), []);
    }
  });

  it('moves nothing when a port comes', async () => {
    const page = await open('fish');
    await waysOf(page).getByRole('link', { name: 'VF 0 in use' }).first().waitFor();
    const atFirst = await layoutShift(page);
    const port = await bind('fish', '0000:82:10.2');
    await waysOf(page)
      .getByRole('link', { name: `port ${port}` })
      .waitFor();
    await waysOf(page).getByRole('link', { name: 'VF 1 in use' }).waitFor();
    assert.equal((await layoutShift(page)) - atFirst, 0);
  });

  it('shows at once what has failed, and what the host is not as it should be', async () => {
    const page = await open('fish');
    const host = fleet.hostOf('fish');
    const pf = host.machine.pfs.find(({ address }) => address === SECOND);
    assert.ok(pf !== undefined);
    host.faults.inject({
      kind: 'refuse',
      match: { kind: 'set-vf', pf: SECOND, vfIndex: 3, attribute: 'vlan' },
      errno: 'EPERM',
      times: Number.POSITIVE_INFINITY,
    });
    await bind('fish', '0000:82:10.7');
    const ways = waysOf(page);
    await ways.getByRole('link', { name: 'VF 3 quarantined' }).waitFor();
    const drift = page.getByRole('region', { name: 'What differs from host.yaml' });
    await drift.getByRole('row', { name: /^0000:82:00\.1 3 vlan/ }).waitFor();
    await drift.getByText('virtfn diff').waitFor();
    const states = page.getByRole('list', { name: 'States of VFs' });
    await states.getByText('quarantined 1').waitFor();
    host.machine.setCable(pf, false);
    await ways.getByRole('link', { name: 'PF eth3 no carrier' }).waitFor();
    const overview = await rig.open('/ui/');
    await overview.goto(`${fleet.url}/ui/`);
    await overview.getByRole('row', { name: /^fish .*▲ 1 / }).waitFor();
    await rig.shoot(page, 'host-failed');
    host.machine.setCable(pf, true);
    host.faults.clear();
    await ways.getByRole('link', { name: 'VF 3 in use' }).waitFor();
    await drift.getByText('The host is as its host.yaml wants it').waitFor();
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA, ${theme}`, async () => {
      for (const at of ['fish?vf=0000:82:00.0/0', 'fish?vm=shop', 'whale']) {
        const page = await open(at, { theme });
        await waysOf(page)
          .getByRole('link', { name: /^host / })
          .waitFor();
        assert.deepEqual(await wcagViolations(page), []);
      }
      await rig.shoot(await open('fish?vf=0000:82:00.0/0', { theme }), `host-${theme}`);
    });

  it('is a list in a list on a phone, and no wider than it', async () => {
    const page = await open('fish?vf=0000:82:00.0/0', { width: 390 });
    const ways = waysOf(page);
    await ways.getByRole('link', { name: 'VF 0 in use' }).first().waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
    const left = async (name: RegExp): Promise<number> =>
      (await ways.getByRole('link', { name }).first().boundingBox())?.x ?? 0;
    assert.ok((await left(/^host /)) < (await left(/^PF /)));
    assert.ok((await left(/^PF /)) < (await left(/^VF /)));
    await rig.shoot(page, 'host-phone');
  });

  it('says of a host whose agent is gone that nothing of it is known', async () => {
    const page = await open('whale');
    const ways = waysOf(page);
    // Told by the stream: it follows by now.
    await ways.getByRole('link', { name: '7 free of eth2' }).waitFor();
    const port = await bind('whale', '0000:82:10.0');
    await ways.getByRole('link', { name: 'VF 0 in use' }).waitFor();
    const ports = await open('whale');
    await ports.goto(`${fleet.url}/ui/ports`);
    const row = ports.getByRole('row').filter({ hasText: 'whale' });
    await row.getByText('active').waitFor();
    await fleet.loseAgent('whale');
    await row.getByText('unknown').waitFor();
    await page.getByRole('alert').getByText('The agent of this host is gone').waitFor();
    await ways.getByRole('link', { name: 'host whale, its agent is gone' }).waitFor();
    await ways.getByRole('link', { name: 'VF 0 unknown' }).waitFor();
    await ways.getByRole('link', { name: '6 unknown of eth2' }).waitFor();
    await ways.getByRole('link', { name: `port ${port}` }).waitFor();
    assert.equal(await ways.getByRole('link', { name: /free/ }).count(), 0);
    await rig.shoot(page, 'host-gone');
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('row', { name: /^whale .*Agent is gone/ }).waitFor();
    const figures = page.getByRole('definition');
    await figures.getByText('▲ 1 gone').waitFor();
    await figures.getByText('▬ 14 unknown').waitFor();
    await rig.shoot(page, 'overview-gone');

    await neutron.remove(PORT, port);
    await page.getByRole('link', { name: 'whale' }).click();
    await page.getByRole('button', { name: 'Take out of the fleet' }).click();
    const dialog = page.getByRole('dialog', { name: 'Take host whale out of the fleet' });
    assert.deepEqual(await refusedCommands(dialog), []);
    assert.deepEqual(await wcagViolations(page), []);
    await rig.shoot(page, 'host-remove');
    await dialog.getByRole('button', { name: 'Take out' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('row', { name: /^fish / }).waitFor();
    assert.equal(await page.getByRole('row', { name: /^whale / }).count(), 0);
  });
});

describe('the page of a host with many VFs', { skip: skipWithoutChromium() }, () => {
  const WAYS = 105;
  let rig: DashboardRig;
  let fleet: MachineFleet;

  before(async () => {
    rig = await DashboardRig.start();
    const slots = [{ card: INTEL_E810, slot: '0000:10:00', netdevNames: ['ens1f0', 'ens1f1'] }];
    fleet = await MachineFleet.start(['wide'], {
      machine: (clock, hostId) => new SimulatedMachine(hostId, clock, slots, { udevRenames: false }),
      numVfs: new Map([[parsePciAddress('0000:10:00.0'), 128]]),
    });
    const neutron = new NeutronClient(httpTransport(fleet.url));
    const { id: network } = await neutron.create(NETWORK, { name: 'blue' });
    const values = { network_id: network, 'binding:vnic_type': 'direct', 'binding:host_id': 'wide' };
    for (let way = 0; way < WAYS; way += 1) await neutron.create(PORT, values);
  });
  after(async () => {
    await fleet.stop();
    await rig.stop();
  });

  it('draws a hundred ways, says how many more there are, and draws them when asked', async () => {
    const page = await rig.open('/ui/');
    await page.goto(`${fleet.url}/ui/hosts/wide`);
    const ways = page.getByRole('region', { name: 'The way to its machines' });
    await page.getByText('5 more are not drawn').waitFor();
    await ways.getByRole('link', { name: '5 more of ens1f0' }).waitFor();
    await ways.getByRole('link', { name: '23 free of ens1f0' }).waitFor();
    assert.equal(await ways.getByRole('link', { name: /^port / }).count(), 100);
    await rig.shoot(page, 'host-many');
    await page.getByRole('button', { name: 'Draw all' }).click();
    await ways
      .getByRole('link', { name: /^port / })
      .nth(WAYS - 1)
      .waitFor();
    assert.deepEqual(await rig.closePages(), []);
  });
});
