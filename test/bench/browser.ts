import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../support/chromium';
import { BARE_PAGE, type PageName, type VisitedPage, visitedPages } from './visited-pages';

// A browser for the benchmark: each message is a visit to a page, with everything that is done there. It ends with this
// process.

export interface Visit {
  /** Where the service is; the bare page is served from here. */
  readonly url: string;
  readonly path: string;
  /** Who signs in before; null for a page that is for nobody in particular. */
  readonly person: { readonly email: string; readonly password: string } | null;
  /** How many times slower than this machine the visitor's is. */
  readonly slowness: number;
  readonly page: PageName;
}

export interface Visited {
  /** Milliseconds from the navigation to the first contentful paint. */
  readonly firstPaint: number;
  /** Milliseconds from the navigation until what the page is for can be seen. */
  readonly shown: number;
  /** Bytes of JavaScript until then: what it is gzipped, each file by itself. */
  readonly script: number;
  /** Cumulative layout shift, over everything that was done. */
  readonly shift: number;
  /** Milliseconds from each input to the next frame that shows its effect. */
  readonly deeds: Readonly<Record<string, number>>;
}

/** Shorter ones are not reported by browsers. */
const SHORTEST = 16;

/** Runs before the page's own scripts, and keeps what the browser notices. */
const OBSERVE = `
  window.noticed = { shift: 0, events: [] };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.noticed.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries()) if (interactionId) window.noticed.events.push(duration);
  }).observe({ type: 'event', durationThreshold: ${SHORTEST}, buffered: true });
`;

let browser: Promise<Browser> | undefined;

const bareServer = createServer((_, response) => response.setHeader('content-type', 'text/html').end(BARE_PAGE));
const bare = new Promise<string>((resolve) => {
  bareServer.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(bareServer.address() as AddressInfo).port}`));
});

async function visit({ url, path, person, slowness, page: name }: Visit): Promise<Visited> {
  browser ??= startChromium();
  // Nothing is remembered from the visit before: every file is loaded and compiled anew.
  const context = await (
    await browser
  ).newContext({
    baseURL: name === 'bare' ? await bare : url,
    viewport: { width: 1280, height: 800 },
  });
  try {
    const page = await context.newPage();
    if (person !== null) await signIn(page, person);
    await context.addInitScript({ content: OBSERVE });
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowness });
    const scripts = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'script') return;
      scripts.set(
        response.url(),
        response.body().then((body) => gzipSync(body, { level: 9 }).length),
      );
    });
    const { isShown, deeds }: VisitedPage = visitedPages[name];
    await page.goto(path);
    await isShown(page);
    const shown = await page.evaluate(() => performance.now());
    const script = (await Promise.all(scripts.values())).reduce((sum, size) => sum + size, 0);
    const firstPaint = await firstPaintOf(page);
    const took: Record<string, number> = {};
    for (const [deed, act] of Object.entries(deeds)) {
      await takeEvents(page);
      await act(page);
      took[deed] = Math.max(SHORTEST, ...(await takeEvents(page)));
    }
    const shift = await page.evaluate(() => (globalThis as unknown as Noticing).noticed.shift);
    return { firstPaint, shown, script, shift, deeds: took };
  } finally {
    await context.close();
  }
}

interface Noticing {
  readonly noticed: { readonly shift: number; readonly events: number[] };
}

async function signIn(page: Page, attributes: object): Promise<void> {
  await page.goto('/livez');
  const status = await page.evaluate(async (sent) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ data: { attributes: sent } });
    return (await fetch('/api/v1/session', { method: 'POST', headers, body })).status;
  }, attributes);
  if (status !== 201) throw new Error(`Signing in was answered ${status}.`);
}

const firstPaintOf = (page: Page): Promise<number> =>
  page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN);

/** What was noticed since the last time. A browser tells of an event once its frame was presented, and a little later. */
async function takeEvents(page: Page): Promise<number[]> {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const window = globalThis as unknown as Framing;
        window.requestAnimationFrame(() => window.requestAnimationFrame(() => setTimeout(resolve, 100)));
      }),
  );
  return page.evaluate(() => (globalThis as unknown as Noticing).noticed.events.splice(0));
}

interface Framing {
  requestAnimationFrame(callback: () => void): void;
}

process.on('message', (wanted: Visit) => {
  visit(wanted).then(
    (visited) => process.send?.(visited),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on('disconnect', () => {
  void browser?.then((open) => open.close()).finally(() => process.exit());
});
