import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from './chromium';

/**
 * The time limit of actions, in milliseconds. Long, since a browser is slow on a busy machine; what never happens fails
 * all the same.
 */
const PATIENCE = 60_000;

/** Far from UTC on purpose, so that a time in the wrong zone is noticed. */
export const ZONE = { locale: 'en-GB', timezoneId: 'Asia/Kathmandu' } as const;

/**
 * A person with a browser context of their own, so that cookies and storage are not shared. Everything that goes wrong
 * in it is recorded, and fails the test.
 */
export class Visitor {
  readonly #troubles: string[] = [];
  readonly #expected = new Set<number>();
  readonly #others = new Set<string>();
  #cutOff = false;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    /** The address of the service; requests to any other are errors. */
    readonly url: string,
  ) {}

  static async arrive(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: url, ...ZONE, ...options });
    context.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, await context.newPage(), url);
    visitor.#watch();
    return visitor;
  }

  /** Permits refusals with these statuses, for tests that are about them. */
  mayBeAnswered(...statuses: number[]): void {
    for (const status of statuses) this.#expected.add(status);
  }

  /** Permits answers to get lost. */
  mayLose(): void {
    this.#cutOff = true;
  }

  /** Permits requests to another origin that serves pages. What those pages do is not checked. */
  maySee(origin: string): void {
    this.#others.add(`${origin}/`);
  }

  /** Takes the network away, or restores it. */
  async cutOff(away: boolean): Promise<void> {
    if (away) this.mayLose();
    await this.context.setOffline(away);
  }

  /** What went wrong since the last call. */
  takeTroubles(): string[] {
    this.#expected.clear();
    this.#cutOff = false;
    return this.#troubles.splice(0);
  }

  #watch(): void {
    const { context } = this;
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type()) || this.#isElsewhere(this.page.url())) return;
      const text = message.text();
      // Answers are checked by their status, and requests that fail while the network is cut off are ignored.
      if (text.startsWith('Failed to load resource') && (text.includes('status of') || this.#cutOff)) return;
      this.#trouble(`the console says: ${text}`);
    });
    context.on('weberror', (error) => this.#trouble(`a script failed: ${String(error.error().stack)}`));
    context.on('request', (request) => {
      if (this.#isElsewhere(request.url()) || this.#isElsewhere(this.page.url())) return;
      if (!/^(data|blob|about):/.test(request.url()) && !request.url().startsWith(`${this.url}/`)) {
        this.#trouble(`somebody else was asked: ${request.url()}`);
      }
    });
    context.on('response', (response) => {
      const status = response.status();
      if (status < 400 || this.#expected.has(status)) return;
      // Between two reads of the latest checkpoint, an event may come that it does not cover yet.
      if (status === 400 && response.url().includes('/proof?checkpoint=')) return;
      this.#trouble(`${response.request().method()} ${response.url()} was answered ${status}`);
    });
    this.page.on('crash', () => this.#trouble('the page crashed'));
  }

  #isElsewhere(url: string): boolean {
    return [...this.#others].some((origin) => url.startsWith(origin));
  }

  #trouble(what: string): void {
    this.#troubles.push(what);
  }
}

/**
 * Chromium for one test file, and its visitors. After each test, nothing may have gone wrong for any of them, and those
 * who came during it leave.
 */
export function visitors(): { arrive: (url: string, options?: BrowserContextOptions) => Promise<Visitor> } {
  let browser: Browser;
  const present: Visitor[] = [];
  let before = 0;
  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(() => {
    before = present.length;
  });
  afterEach(async () => {
    const troubles = present.flatMap((visitor) => visitor.takeTroubles());
    await Promise.all(present.splice(before).map(({ context }) => context.close()));
    expect(troubles).toEqual([]);
  });
  afterAll(() => browser.close());
  return {
    arrive: async (url, options) => {
      const visitor = await Visitor.arrive(browser, url, options);
      present.push(visitor);
      return visitor;
    },
  };
}
