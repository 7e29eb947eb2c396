import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DashboardRig, refusedCommands, skipWithoutChromium, wcagViolations } from './testing/index.ts';

const COUNTING = '0000:c1:00.0';
const SILENT = '0000:82:00.0';
const at = (pf: string, host = 'sim-fish-1') => `/ui/hosts/${host}/pfs/${pf}`;

/** Waits until there is something in the picture of what VFs receive in a colour of the page. */
async function seePainted(page: Page, colour: string): Promise<void> {
  await until(
    page,
    `const picture = document.querySelector('[role=img][aria-label^=Received]');
    const probe = picture.appendChild(document.createElement('span'));
    probe.style.color = '${colour}';
    const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.remove();
    const canvas = picture.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let pixel = 0; pixel < data.length; pixel += 4)
      if (wanted.every((value, channel) => data[pixel + channel] === value)) painted += 4;
    return painted / data.length > 0.001;`,
  );
}

/** Looks at every frame of a page until what the body of a function returns is true. */
async function until(page: Page, body: string): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const isSo = () => {${body}};
    const look = () => (isSo() ? resolve() : requestAnimationFrame(look));
    look();
  })`);
}

describe('the page of a PF', { skip: skipWithoutChromium() }, () => {
  let rig: DashboardRig;
  let port: string;

  before(async () => {
    rig = await DashboardRig.start();
    const network = await rig.make('network', {
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet3',
    });
    port = await rig.make('port', { network_id: network, 'binding:vnic_type': 'direct' });
    await rig.attach(port, 'web1');
  });
  after(() => rig.stop());
  afterEach(async () => {
    assert.deepEqual(await rig.closePages(), []);
  });

  it('draws what VFs pass, one upon the other, with the limit of the link, and says who shares it', async () => {
    const page = await rig.open(at(COUNTING));
    await page.getByRole('heading', { name: `eth4 ${COUNTING} (simulated)` }).waitFor();
    const row = page.getByRole('row', { name: /^VF 0/ });
    await row.getByRole('cell', { name: 'web1' }).waitFor();
    await row.getByRole('link', { name: port.slice(0, 8) }).waitFor();
    // Receives and sends: figures, and not the same a moment later.
    const figures = () => row.getByRole('cell', { name: /bit\/s$/ }).allInnerTexts();
    await row
      .getByRole('cell', { name: /bit\/s$/ })
      .nth(1)
      .waitFor();
    const first = await figures();
    await until(
      page,
      `return [...document.querySelectorAll('td.figure')].map((cell) => cell.innerText).join() !== ${JSON.stringify(['none', 'the link', ...first].join())}`,
    );
    await page.getByRole('list', { name: 'Colours of VFs' }).getByText('VF 0 web1').waitFor();
    await page.getByRole('checkbox', { name: /up to the link’s limit, 100 Gbit\/s/ }).setChecked(false);
    await seePainted(page, 'var(--layer-1)');
    await page.getByRole('checkbox', { name: /up to the link’s limit/ }).setChecked(true);
    await seePainted(page, 'var(--bad)');
  });

  it('says of a card that does not tell that nobody knows, instead of 0 (K11)', async () => {
    const page = await rig.open(at(SILENT));
    await page.getByText('Driver igb does not tell what each VF passes').waitFor();
    assert.equal(await page.getByRole('img', { name: /Received by VFs/ }).count(), 0);
  });

  it('shows what another number of VFs would do, has it done, and shows the VFs', async () => {
    const page = await rig.open(at('0000:c1:00.1', 'sim-fish-2'));
    await page.getByText('Plan another number of VFs').click();
    await page.getByRole('spinbutton', { name: 'VFs of eth5' }).fill('5');
    await page.getByRole('button', { name: 'Show what it would do' }).click();
    await page
      .getByRole('region', { name: 'What would be done' })
      .getByText(/^set 5 VFs on PF/)
      .waitFor();
    await page
      .getByText('loses its link for a moment: nobody uses it')
      .or(page.getByText('It takes nothing away from anybody.'))
      .waitFor();
    assert.deepEqual(await refusedCommands(page.getByRole('article')), []);
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('Done, and read back').waitFor();
    await page
      .getByRole('list', { name: 'VFs of eth5' })
      .getByRole('button', { name: 'VF 4, free' })
      .waitFor();
    // Who asked for it is in the log.
    await page.goto(`${rig.url}/ui/events`);
    await page.getByText('ask host sim-fish-2 to have 5 VFs on PF 0000:c1:00.1').first().waitFor();
  });

  it('says of a PF that is not there what may have become of it', async () => {
    const page = await rig.open(at('0000:99:00.0'));
    await page.getByText('Host sim-fish-1 has no PF 0000:99:00.0').waitFor();
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA, ${theme}`, async () => {
      for (const [name, address] of [
        ['pf', `${at(COUNTING)}?vf=0`],
        ['pf-silent', at(SILENT)],
      ] as const) {
        const page = await rig.open(address, { theme });
        await page.getByRole('heading', { name: 'Who shares the link' }).waitFor();
        await page.getByText('● Now').waitFor();
        assert.deepEqual(await wcagViolations(page), []);
        await rig.shoot(page, `${name}-${theme}`);
      }
    });

  it('fits a phone', async () => {
    const page = await rig.open(`${at(COUNTING)}?vf=0`, { width: 390 });
    await page.getByRole('img', { name: /Received by VFs/ }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
    await rig.shoot(page, 'pf-phone');
  });

  it('says how old its figures are once the controller is gone', async () => {
    const page = await rig.open(at(COUNTING));
    await page.getByText('● Now').waitFor();
    await rig.stopController();
    await page.getByText(/These figures are \d+ s old/).waitFor();
    await rig.closePages();
  });
});
