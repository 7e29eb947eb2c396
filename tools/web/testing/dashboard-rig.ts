import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Browser, chromium, type Page } from 'playwright-core';

const root = path.join(import.meta.dirname, '../../..');
const CHROMIUM = '/usr/bin/chromium';
const SHOTS = path.join(root, 'build/screenshots');

interface PageOptions {
  readonly theme?: 'dark' | 'light';
  /** Pixels. */
  readonly width?: number;
}

/** For node:test's `skip`: false where Debian's Chromium is. Where nothing may be skipped, its absence is a failure. */
export const skipWithoutChromium = (): string | false =>
  existsSync(CHROMIUM) || process.env['CI'] === 'true' ? false : 'Chromium is not installed';

/** The dashboard as a person has it: Debian's Chromium, the real controller, simulated hosts over TLS. */
export class DashboardRig {
  readonly url: string;
  readonly #state: string;
  readonly #up: ChildProcess;
  readonly #browser: Browser;
  /** What the browser has said that nobody asked for. */
  readonly #complaints: string[] = [];

  private constructor(url: string, state: string, up: ChildProcess, browser: Browser) {
    this.url = url;
    this.#state = state;
    this.#up = up;
    this.#browser = browser;
  }

  static async start(): Promise<DashboardRig> {
    assert.ok(
      existsSync(path.join(root, 'dist/ui/index.html')),
      'npm run web makes it, and so does npm test',
    );
    const state = mkdtempSync(path.join(os.tmpdir(), 'virtfn-dashboard-'));
    const program = path.join(root, 'packages/up/src/main.ts');
    const addresses = ['--listen=127.0.0.1:0', '--agent-listen=127.0.0.1:0'];
    const up = spawn(process.execPath, [program, '--simulate', ...addresses, `--state-dir=${state}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(up.stdout !== null);
    let url: string | undefined;
    for await (const line of createInterface({ input: up.stdout })) {
      url = /^Listening on (\S+)$/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    assert.ok(url !== undefined, 'the controller listens');
    up.stdout.resume();
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    return new DashboardRig(url, state, up, browser);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.stopController();
    rmSync(this.#state, { recursive: true });
  }

  async stopController(): Promise<void> {
    if (this.#up.exitCode !== null) return;
    this.#up.kill();
    await once(this.#up, 'exit');
  }

  /** Opens a page of it in a browser of its own. */
  async open(at: string, { theme = 'light', width = 1280 }: PageOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
    page.on('pageerror', ({ message }) => this.#complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(message.text());
    });
    await page.goto(`${this.url}${at}`);
    return page;
  }

  /** Closes all pages. @returns what the browser has complained of since the last time */
  async closePages(): Promise<readonly string[]> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
    return this.#complaints.splice(0);
  }

  /** Makes an object of Neutron's API, and gives its id. */
  async make(what: string, values: Readonly<Record<string, unknown>>): Promise<string> {
    const answer = await fetch(`${this.url}/v2.0/${what}s`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ [what]: values }),
    });
    assert.equal(answer.status, 201);
    return ((await answer.json()) as Record<string, { readonly id: string }>)[what]?.id ?? '';
  }

  /** Keeps a picture of a page, to be looked at, in build/screenshots. */
  async shoot(page: Page, name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
  }
}
