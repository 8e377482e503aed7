import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Visitor } from './visitors';

/** Where screenshots of all pages are stored, as build output. */
const PICTURES = join(__dirname, '..', '..', 'dist', 'screenshots');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** In CSS pixels: a desktop, and the narrowest supported screen. */
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 640 };
const all = { type: 'tag' as const, values: TAGS };
/** Rules that do not depend on the theme are checked in one theme only: on a busy machine a check takes seconds. */
const colors = { type: 'rule' as const, values: ['color-contrast', 'link-in-text-block'] };
const LOOKS = [
  { theme: 'light', size: WIDE, rules: all },
  { theme: 'light', size: NARROW, rules: null },
  { theme: 'dark', size: WIDE, rules: colors },
  { theme: 'dark', size: NARROW, rules: all },
] as const;

/**
 * Checks the accessibility of a visitor's page in both themes, wide and narrow, and keeps screenshots.
 * @param name the name of the page and of its screenshots.
 * @returns everything that some people cannot use; empty if there is nothing.
 */
export async function inspect({ page }: Visitor, name: string): Promise<string[]> {
  const before = page.viewportSize();
  const found: string[] = [];
  // A dialog fits the window, whatever the length of the page behind it.
  const fullPage = (await page.getByRole('dialog').count()) === 0;
  mkdirSync(PICTURES, { recursive: true });
  for (const { theme, size, rules } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    // A page without themes has nothing to switch.
    await page.locator(`html:is([data-mantine-color-scheme=${theme}], :not([data-mantine-color-scheme]))`).waitFor();
    await page.setViewportSize(size);
    if (fullPage) await page.evaluate('scrollTo({ top: 0, behavior: "instant" })');
    const at = `${name}, ${theme}, ${size.width} px`;
    const path = join(PICTURES, `${name}-${theme}-${size.width}.png`);
    await page.screenshot({ path, animations: 'disabled', fullPage });
    if (rules !== null) found.push(...(await violations(page, rules)).map((violation) => `${at}: ${violation}`));
    const tooWide = await page.locator('html').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    if (tooWide > 0) found.push(`${at}: it is ${tooWide} px wider than the window`);
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
  return found;
}

async function violations(page: Visitor['page'], runOnly: typeof all | typeof colors): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    // There are no frames, and nobody reads the passed checks: both would take most of the time.
    .setLegacyMode()
    .options({ runOnly, resultTypes: ['violations'], selectors: false });
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id} at ${html}`));
}
