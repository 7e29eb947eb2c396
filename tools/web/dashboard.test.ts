import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { createInterface } from 'node:readline/promises';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildWeb } from './build-web.ts';

// The dashboard as a person has it: Debian's Chromium, the real controller, simulated hosts over TLS. Nothing of it is replaced, and
// things are found by the names that a person, or a person's screen reader, finds them by.

const root = path.join(import.meta.dirname, '../..');
const UI = path.join(root, 'dist/ui');
const CHROMIUM = '/usr/bin/chromium';
/** To be looked at. */
const SHOTS = path.join(root, 'build/screenshots');
const isThere = existsSync(CHROMIUM);
// Where nothing may be skipped, its absence is a failure.
const skip = isThere || process.env['CI'] === 'true' ? false : 'Chromium is not installed';

interface PageOptions {
  readonly theme?: 'dark' | 'light';
  /** Pixels. */
  readonly width?: number;
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe('the dashboard', { skip }, () => {
  const state = mkdtempSync(path.join(os.tmpdir(), 'virtfn-dashboard-'));
  let up: ChildProcess;
  let browser: Browser;
  let url: string;
  /** What the browser has said that nobody asked for. */
  const complaints: string[] = [];

  before(async () => {
    await buildWeb(root, UI);
    mkdirSync(SHOTS, { recursive: true });
    const program = path.join(root, 'packages/up/src/main.ts');
    const options = [
      '--simulate',
      '--listen=127.0.0.1:0',
      '--agent-listen=127.0.0.1:0',
      `--state-dir=${state}`,
    ];
    up = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
    assert.ok(up.stdout !== null);
    const lines = createInterface({ input: up.stdout });
    for await (const line of lines) {
      const said = /^Listening on (\S+)$/.exec(line)?.[1];
      if (said === undefined) continue;
      url = said;
      break;
    }
    up.stdout.resume();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });
  after(async () => {
    await browser?.close();
    if (up.exitCode === null) {
      up.kill();
      await once(up, 'exit');
    }
    rmSync(state, { recursive: true });
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    assert.deepEqual(complaints.splice(0), []);
  });

  async function open(at: string, { theme = 'light', width = 1280 }: PageOptions = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${url}${at}`);
    return page;
  }

  async function make(what: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await fetch(`${url}/v2.0/${what}s`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [what]: values }),
    });
    assert.equal(answer.status, 201);
    return ((await answer.json()) as Record<string, { readonly id: string }>)[what]?.id ?? '';
  }

  it('is where a browser is sent that asks for the controller, and shows its hosts', async () => {
    const page = await open('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.equal(page.url(), `${url}/ui/`);
    const row = page.getByRole('row', { name: /sim-fish-1 \(simulated\)/ });
    await row.getByText('Alive').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'sim-fish-1 (simulated)' }).waitFor();
    assert.equal(page.url(), `${url}/ui/hosts/sim-fish-1`);
  });

  it('shows a port on its VF as soon as it is bound, and the way to it', async () => {
    const page = await open('/ui/hosts/sim-fish-1');
    const vfs = page.getByRole('list', { name: 'VFs of eth2' });
    await vfs.getByRole('button', { name: 'VF 0, free' }).waitFor();
    const network = await make('network', {
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet1',
      'provider:segmentation_id': 150,
    });
    const port = await make('port', {
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

  it('filters events by what stands in the address', async () => {
    const page = await open('/ui/events?q=sim-fish-2%20driver');
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

  it('says of a host that is not there what there is', async () => {
    const page = await open('/ui/hosts/nobody');
    await page.getByRole('alert').getByText('HOST_UNKNOWN').waitFor();
    // The browser says so, too.
    assert.match(complaints.splice(0).join(), /404/);
  });

  for (const theme of ['light', 'dark'] as const)
    it(`meets WCAG AA on every page, ${theme}`, async () => {
      for (const [name, at] of [
        ['overview', '/ui/'],
        ['host', '/ui/hosts/sim-fish-1?vf=0000:82:00.0/1'],
        ['events', '/ui/events'],
      ] as const) {
        const page = await open(at, { theme });
        await page.getByRole('status').getByText('Live').waitFor();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.evaluate(axe.source);
        const violations = await page.evaluate<readonly Violation[]>(
          "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }).then((result) => result.violations)",
        );
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
        await page.screenshot({ path: path.join(SHOTS, `${name}-${theme}.png`), fullPage: true });
      }
    });

  it('fits a phone without a page that is wider than its screen', async () => {
    for (const at of ['/ui/', '/ui/hosts/sim-fish-1?vf=0000:82:00.0/1', '/ui/events']) {
      const page = await open(at, { width: 390 });
      await page.getByRole('heading', { level: 1 }).waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.equal(width, 390, at);
    }
  });

  it('weighs less than 80 kB of script and style, compressed', async (t) => {
    const page = await open('/ui/');
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
    const page = await open('/ui/');
    await page.getByRole('status').getByText('Live').waitFor();
    up.kill();
    await once(up, 'exit');
    await page
      .getByRole('status')
      .getByText(/Not connected for \d+ s: what you see may be old/)
      .waitFor();
    await page.getByRole('row', { name: /^sim-fish-1/ }).waitFor();
    complaints.length = 0;
  });
});
