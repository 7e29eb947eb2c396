import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Page } from 'playwright-core';
import { type PageOptions, WatchedBrowser } from './watched-browser.ts';

const root = path.join(import.meta.dirname, '../../..');

/** The dashboard as a person has it: Debian's Chromium, the real controller, simulated hosts over TLS. */
export class DashboardRig {
  readonly url: string;
  readonly #state: string;
  readonly #up: ChildProcess;
  readonly #browser: WatchedBrowser;

  private constructor(url: string, state: string, up: ChildProcess, browser: WatchedBrowser) {
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
    return new DashboardRig(url, state, up, await WatchedBrowser.start());
  }

  async stop(): Promise<void> {
    await this.#browser.stop();
    await this.stopController();
    rmSync(this.#state, { recursive: true });
  }

  async stopController(): Promise<void> {
    if (this.#up.exitCode !== null) return;
    this.#up.kill();
    await once(this.#up, 'exit');
  }

  /** Opens a page of it in a browser of its own. */
  open(at: string, options: PageOptions = {}): Promise<Page> {
    return this.#browser.open(`${this.url}${at}`, options);
  }

  /** Closes all pages. @returns what the browser has complained of since the last time */
  closePages(): Promise<readonly string[]> {
    return this.#browser.closePages();
  }

  /** Plugs a port into a virtual machine. */
  async attach(port: string, vm: string): Promise<void> {
    const answer = await fetch(`${this.url}/virtfn/v1/ports/${port}/attach`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ vm, hostId: null, kind: null, scope: 'live' }),
    });
    assert.equal(answer.status, 200, await answer.text());
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
  shoot(page: Page, name: string): Promise<void> {
    return this.#browser.shoot(page, name);
  }
}
