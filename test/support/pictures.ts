import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const ROOT = join(__dirname, '..', '..');
/** `npm run pictures` writes to the documentation's folder; all other runs leave that as it is. */
const FOLDER = join(
  ROOT,
  ...(process.env['PICTURES'] === 'renew' ? ['docs', 'dashboard'] : ['dist', 'screenshots', 'docs']),
);

/** Stores a screenshot for the documentation. @param name of the picture. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.setViewportSize({ width: 1280, height: 800 });
  // Moves the pointer away, so that nothing is hovered.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled', caret: 'hide' });
}
