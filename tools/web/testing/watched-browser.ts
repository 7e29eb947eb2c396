import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const SHOTS = path.join(import.meta.dirname, '../../../build/screenshots');

export interface PageOptions {
  readonly theme?: 'dark' | 'light';
  /** Pixels. */
  readonly width?: number;
  /** What the tab has been given before. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** For node:test's `skip`: false where Debian's Chromium is. Where nothing may be skipped, its absence is a failure. */
export const skipWithoutChromium = (): string | false =>
  existsSync(CHROMIUM) || process.env['CI'] === 'true' ? false : 'Chromium is not installed';

/** Debian's Chromium, and what it complains of. */
export class WatchedBrowser {
  readonly #browser: Browser;
  /** What the browser has said that nobody asked for. */
  readonly #complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<WatchedBrowser> {
    return new WatchedBrowser(await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }));
  }

  /** Opens a page in a browser of its own. */
  async open(url: string, { theme = 'light', width = 1280, kept = {} }: PageOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width, height: 800 }, colorScheme: theme });
    page.on('pageerror', ({ message }) => this.#complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.#complaints.push(`${message.text()} ${message.location().url}`);
    });
    for (const [name, value] of Object.entries(kept))
      await page.addInitScript(
        `sessionStorage.getItem(${JSON.stringify(name)}) ?? sessionStorage.setItem(${JSON.stringify(name)}, ${JSON.stringify(value)})`,
      );
    await page.goto(url);
    return page;
  }

  /** Closes all pages. @returns what the browser has complained of since the last time */
  async closePages(): Promise<readonly string[]> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
    return this.#complaints.splice(0);
  }

  /** Keeps a picture of a page, to be looked at, in build/screenshots. */
  async shoot(page: Page, name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}
