import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Resolves, in the page, to when something was painted: milliseconds since 1970. */
const PAINTED = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
  resolve(performance.timeOrigin + performance.now()))))`;

/** A browser, and how long things take to be seen in it. */
export class Screen {
  readonly #browser: Browser;
  readonly #url: string;

  private constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.#url = url;
  }

  static async open(url: string): Promise<Screen> {
    return new Screen(await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] }), url);
  }

  /**
   * Opens a page with nothing cached.
   *
   * @param selector what must be painted for it to be of use
   * @returns milliseconds from its address to that
   */
  async load(at: string, selector: string): Promise<number> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(`window.shown = new Promise((resolve) => {
      const look = () => document.querySelector(${JSON.stringify(selector)}) !== null && resolve(${PAINTED});
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    })`);
    await page.goto(`${this.#url}${at}`);
    const took = await page.evaluate<number>('window.shown.then((at) => at - performance.timeOrigin)');
    await page.context().close();
    return took;
  }

  /** Opens a page to look at. */
  async show(at: string, selector: string): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`${this.#url}${at}`);
    await page.locator(selector).first().waitFor();
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/**
 * Begins to wait, in the page, until an element is there and painted. @returns when it was: milliseconds since 1970
 */
export async function watch(page: Page, selector: string): Promise<() => Promise<number>> {
  await page.evaluate(`void (window.seen = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector(${JSON.stringify(selector)}) === null) return;
      observer.disconnect();
      resolve(${PAINTED});
    });
    observer.observe(document, { attributes: true, childList: true, subtree: true });
  }))`);
  return () => page.evaluate<number>('window.seen');
}
