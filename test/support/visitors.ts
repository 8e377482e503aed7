import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from './chromium';

/** A browser is slow where much else goes on; what never comes about fails all the same. In milliseconds. */
const PATIENCE = 60_000;

/** Far from UTC on purpose, so that a time shown in the wrong zone is seen. */
export const ZONE = { locale: 'en-GB', timezoneId: 'Asia/Kathmandu' } as const;

/**
 * Somebody at a browser of their own: their cookies and storage are nobody else's. Whatever goes wrong in it is kept, and
 * fails the test.
 */
export class Visitor {
  readonly #troubles: string[] = [];
  readonly #expected = new Set<number>();
  readonly #others = new Set<string>();
  #cutOff = false;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    /** Where the service is; nothing else may be asked. */
    readonly url: string,
  ) {}

  static async arrive(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: url, ...ZONE, ...options });
    context.setDefaultTimeout(PATIENCE);
    const visitor = new Visitor(context, await context.newPage(), url);
    visitor.#watch();
    return visitor;
  }

  /** Refusals are trouble, but for those that a test is about. */
  mayBeAnswered(...statuses: number[]): void {
    for (const status of statuses) this.#expected.add(status);
  }

  /** Answers may get lost on their way. */
  mayLose(): void {
    this.#cutOff = true;
  }

  /** Somebody else may be asked: whoever has pages at this origin. What these pages do is not judged. */
  maySee(origin: string): void {
    this.#others.add(`${origin}/`);
  }

  /** Takes the network away, or gives it back. */
  async cutOff(away: boolean): Promise<void> {
    if (away) this.mayLose();
    await this.context.setOffline(away);
  }

  /** What went wrong since this was asked last. */
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
      // What was answered is judged by its status, and what was not because it could not, not at all.
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
      // Between two looks at the latest checkpoint an event may come that it does not cover yet.
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
 * Chromium for a file of tests, and whoever sits before it. After each test nothing may have gone wrong for any of them, and
 * whoever came in it leaves.
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
