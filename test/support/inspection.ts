import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Visitor } from './visitors';

/** Where every page is put as a picture: build output. */
const PICTURES = join(__dirname, '..', '..', 'dist', 'screenshots');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const THEMES = ['light', 'dark'] as const;
/** CSS pixels: a desk, and the narrowest that a page is for. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 320, height: 640 },
];

/**
 * Looks at what a visitor has before them in both themes, wide and narrow, and keeps the pictures.
 * @param name what it is; also the name of its pictures
 * @returns everything that some people cannot use. Empty when all can.
 */
export async function inspect({ page }: Visitor, name: string): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  mkdirSync(PICTURES, { recursive: true });
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const at = `${name}, ${colorScheme}, ${size.width} px`;
      await page.screenshot({
        path: join(PICTURES, `${name}-${colorScheme}-${size.width}.png`),
        animations: 'disabled',
      });
      const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
      found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${at}: ${id} at ${html}`)));
      const tooWide = await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
      if (tooWide > 0) found.push(`${at}: it is ${tooWide} px wider than the window`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
  return found;
}
