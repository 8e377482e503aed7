import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const ROOT = join(__dirname, '..', '..');
/** `npm run pictures` renews the documentation's own; every other run leaves them as they are. */
const FOLDER = join(
  ROOT,
  ...(process.env['PICTURES'] === 'renew' ? ['docs', 'dashboard'] : ['dist', 'screenshots', 'docs']),
);

/** Keeps what somebody has before them as a picture of the documentation. @param name what it shows */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  // Nobody points at anything in a picture.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
