import type { Locator } from 'playwright-core';

/** Goes on with the keyboard until something is reached. */
export async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 100; steps += 1) {
    if ((await focused(target).count()) > 0) return isFocused(target);
    await target.page().keyboard.press(key);
  }
  throw new Error(`Nobody gets to ${String(target)} by keyboard.`);
}

/** The same, where it has the focus. */
export const focused = (target: Locator): Locator => target.and(target.page().locator(':focus'));

/** As much of an element as says how it is painted. */
export interface Painted {
  readonly tagName: string;
  computedStyleMap(): { get(name: string): unknown };
}

/** Returns once something has the focus, and everybody sees that it has. */
export async function isFocused(target: Locator): Promise<void> {
  await focused(target).waitFor();
  const [tag, ...outline] = await target.evaluate((element: Painted) => {
    const style = element.computedStyleMap();
    return [element.tagName, ...['outline-style', 'outline-width'].map((name) => String(style.get(name)))];
  });
  // A heading has the focus for those who listen, and a field shows its caret.
  if (!['H1', 'INPUT', 'TEXTAREA'].includes(tag)) {
    expect(outline).not.toContain('none');
    expect(outline).not.toContain('0px');
  }
}
