import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { needs } from '../support/needs';
import { Platform, type PlatformOptions } from '../support/platform';

const CHROMIUM = process.env['MEDSERVE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Groups of tests that drive Debian's Chromium; a machine without it says so. */
export const describeInBrowser = needs('Chromium', () => {
  if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}; MEDSERVE_CHROMIUM names another`);
});

/** Software rendering wherever the tests run, so that pixels are the same with and without a graphics card. */
const ARGUMENTS = [
  // Chromium refuses its sandbox to root, which is what containers run as.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  // Pages are painted without it, which costs a core otherwise; what WebGL draws stays as it is.
  '--disable-gpu-rasterization',
  '--force-color-profile=srgb',
];

export interface Reader {
  /** Absent: nobody is signed in. */
  readonly key?: string;
  readonly language?: 'en' | 'es';
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

export interface BrowserRigOptions extends Partial<PlatformOptions> {
  /** A platform that runs already; it is left as it is. */
  readonly platform?: Platform;
}

/** A real platform, and a real browser that looks at it. */
export class BrowserRig {
  private visits: Visit[] = [];

  private constructor(
    readonly platform: Platform,
    readonly browser: Browser,
    private readonly ownsPlatform: boolean,
  ) {}

  static async start({ platform, ...options }: BrowserRigOptions = {}): Promise<BrowserRig> {
    const [running, browser] = await Promise.all([
      platform ?? Platform.start({ shape: 'single', ...options }),
      chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS }),
    ]);
    return new BrowserRig(running, browser, platform === undefined);
  }

  get url(): string {
    return this.platform.ready.url;
  }

  get key(): string {
    return this.platform.ready.key;
  }

  /** A browser of a reader, signed in where a key is given, with nothing of any other in it. */
  async open(path: string, reader: Reader = { key: this.key }): Promise<Visit> {
    const { key, language = 'en', colorScheme = 'light', width = 1280, height = 900 } = reader;
    const context = await this.browser.newContext({
      locale: language === 'es' ? 'es-ES' : 'en-GB',
      timezoneId: 'Europe/Madrid',
      colorScheme,
      viewport: { width, height },
      acceptDownloads: true,
    });
    if (key !== undefined) {
      const headers = { 'x-medserve-csrf': '1' };
      const answer = await context.request.post(`${this.url}/v1/sign-in`, { headers, data: { key } });
      if (!answer.ok()) throw new Error(`sign-in: ${String(answer.status())} ${await answer.text()}`);
    }
    const page = await context.newPage();
    const visit = new Visit(context, page, this.url);
    this.visits.push(visit);
    await page.goto(this.url + path);
    return visit;
  }

  /** Nothing of one test is left for the next. */
  async closeVisits(): Promise<void> {
    const open = this.visits;
    this.visits = [];
    for (const visit of open) await visit.close();
  }

  async stop(): Promise<void> {
    await this.browser.close();
    if (this.ownsPlatform) await this.platform.remove();
  }
}

/** A page in a browser of its own, and what the browser complained of while it was open. */
export class Visit {
  private readonly heard: string[] = [];

  constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    origin: string,
  ) {
    page.on('pageerror', (error) => this.heard.push(`uncaught: ${error.message}`));
    page.on('console', (message) => {
      // The browser itself reports refused requests; what the page made of them is what the tests look at.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.heard.push(`console: ${message.text()}`);
    });
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url)) this.heard.push(`left the origin: ${url}`);
    });
  }

  /** Uncaught errors, violations of the policy of the page, and requests to others: a page that is well has none. */
  get complaints(): readonly string[] {
    return this.heard;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** A part of the page that is fetched ahead is there, with all that it needs. @param part how its path begins */
export async function arrived(page: Page, part: string): Promise<void> {
  const found = await page.waitForFunction(
    (begin) =>
      performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .find((name) => new URL(name).pathname.startsWith(begin) && name.endsWith('.js')),
    part,
  );
  // To import it once more waits for what the first time waits for. A text, since tests are compiled to `require`.
  await page.evaluate(`import(${JSON.stringify(await found.jsonValue())}).then(() => undefined)`);
}

interface AxeNode {
  readonly html: string;
  readonly failureSummary: string;
}

const axeSource = (): string => readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds against WCAG 2.2 A and AA on the page as it is, a line each. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // By the debugger's door, which the policy of the page does not close.
  await page.evaluate(axeSource());
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(context: Document, options: object): Promise<{ violations: { id: string; nodes: AxeNode[] }[] }> };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations;
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)}\n  ${failureSummary.slice(0, 300)}`),
  );
}
