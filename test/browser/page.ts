// One tab of Chromium: opens pages, and remembers what went wrong on them and which connections they used.
import { writeFile } from 'node:fs/promises';
import type { Chromium, Parameters } from './chromium.ts';

/** One resource that a page loaded over the network. */
export interface LoadedResource {
  readonly url: string;
  readonly status: number;
  /** Document, Stylesheet, Script, Image … */
  readonly type: string;
  /** Whether the browser had used the connection before. */
  readonly reused: boolean;
  readonly protocol: string;
}

interface ResponseEvent {
  readonly type: string;
  readonly response: {
    readonly url: string;
    readonly status: number;
    readonly connectionReused: boolean;
    readonly protocol: string;
    readonly fromDiskCache: boolean;
  };
}

/** See the head of the file. */
export class Page {
  readonly #browser: Chromium;
  readonly #session: string;
  /** Errors of scripts and of the console, resources that failed, violations of the content security policy. */
  readonly problems: string[] = [];
  resources: LoadedResource[] = [];

  private constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
    this.#listen();
  }

  static async open(browser: Chromium): Promise<Page> {
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(browser, String(sessionId));
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await page.send(`${domain}.enable`);
    await page.send('Page.setLifecycleEventsEnabled', { enabled: true });
    return page;
  }

  send(method: string, params: Parameters = {}): Promise<Parameters> {
    return this.#browser.send(method, params, this.#session);
  }

  /** Goes to a URL and resolves when the page is loaded and the network has been quiet for half a second. */
  async goTo(url: string): Promise<void> {
    this.resources = [];
    let loader: unknown;
    const quiet = new Set<unknown>();
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (loader !== undefined && quiet.has(loader)) resolve();
      };
      this.#browser.on(this.#session, 'Page.lifecycleEvent', ({ name, loaderId }) => {
        if (name === 'networkIdle') quiet.add(loaderId);
        look();
      });
      this.send('Page.navigate', { url }).then((result) => {
        const { errorText } = result;
        if (typeof errorText === 'string') this.problems.push(`${url}: ${errorText}`);
        loader = result['loaderId'];
        look();
      }, reject);
    });
  }

  /** The value of an expression, awaited where it is a promise. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value: unknown }).value;
  }

  /** Width and height of the window in CSS pixels, and whether the person prefers dark colours. */
  async emulate(width: number, height: number, isDark: boolean): Promise<void> {
    const mobile = width < 600;
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
    const value = isDark ? 'dark' : 'light';
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  }

  /** The whole page as PNG. */
  async takeScreenshot(file: string): Promise<void> {
    const { data } = await this.send('Page.captureScreenshot', { captureBeyondViewport: true });
    await writeFile(file, Buffer.from(String(data), 'base64'));
  }

  #listen(): void {
    const on = (method: string, listener: (parameters: Parameters) => void): void =>
      this.#browser.on(this.#session, method, listener);
    on('Runtime.exceptionThrown', (event) =>
      this.problems.push(`exception: ${JSON.stringify(event['exceptionDetails'])}`),
    );
    on('Runtime.consoleAPICalled', ({ type, args }) => {
      if (type === 'error' || type === 'warning') this.problems.push(`console.${type}: ${JSON.stringify(args)}`);
    });
    on('Log.entryAdded', ({ entry }) => {
      const { level, text, url } = entry as { level: string; text: string; url?: string };
      if (level === 'error' || level === 'warning') this.problems.push(`${level}: ${text} ${url ?? ''}`);
    });
    on('Network.loadingFailed', (event) => this.problems.push(`failed: ${JSON.stringify(event)}`));
    on('Network.responseReceived', (event) => {
      const { type, response } = event as unknown as ResponseEvent;
      const { url, status, connectionReused, protocol, fromDiskCache } = response;
      if (status >= 400) this.problems.push(`status ${status}: ${url}`);
      if (!fromDiskCache) this.resources.push({ url, status, type, reused: connectionReused, protocol });
    });
  }
}
