import type { Locator } from 'playwright-core';

/** Presses a key until an element has the focus. */
export async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 100; steps += 1) {
    if ((await focused(target).count()) > 0) return isFocused(target);
    await target.page().keyboard.press(key);
  }
  throw new Error(`Nobody gets to ${String(target)} by keyboard.`);
}

/** The element, if it has the focus. */
export const focused = (target: Locator): Locator => target.and(target.page().locator(':focus'));

/** The computed styles that show whether an element is visibly focused. */
export interface Painted {
  readonly tagName: string;
  computedStyleMap(): { get(name: string): unknown };
}

/** Returns once the element has the focus, visibly. */
export async function isFocused(target: Locator): Promise<void> {
  await focused(target).waitFor();
  const [tag, ...outline] = await target.evaluate((element: Painted) => {
    const style = element.computedStyleMap();
    return [element.tagName, ...['outline-style', 'outline-width'].map((name) => String(style.get(name)))];
  });
  // A heading gets the focus for screen readers only, and a field shows its caret.
  if (!['H1', 'INPUT', 'TEXTAREA'].includes(tag)) {
    expect(outline).not.toContain('none');
    expect(outline).not.toContain('0px');
  }
}
