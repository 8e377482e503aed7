/** How long to wait for other code to move the focus, in milliseconds; a closing dialog is the slowest. */
const CALM = 50;

/** The focused element and all its ancestors, from the inside out; empty if nothing has the focus. */
export type Place = readonly Element[];

export function placeOf(element: Element | null): Place {
  return element === null || element === document.body ? [] : [element, ...placeOf(element.parentElement)];
}

/** Focuses the heading of the page, for when there is nothing to return to. */
export const focusHeading = (): void => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });

/**
 * Returns the focus to where it was: to the same element, or to what is left around it, such as the link of its row. If
 * nothing of that is left, the heading gets it.
 */
export function focusAgain(place: Place): void {
  const [thing] = place;
  const left = place.find((part) => part.isConnected && part.matches('tr, li, details, section, [role=dialog]'));
  const target =
    thing && isThere(thing)
      ? thing
      : left?.matches('tr, li, details')
        ? (left.querySelector('a, :scope > summary') ?? left)
        : left;
  if (!(target instanceof HTMLElement)) {
    focusHeading();
    return;
  }
  // Makes an element focusable that is not by itself.
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/**
 * Keeps the focus on the page. When the focused element disappears or is disabled, browsers lose the focus, and a
 * screen reader says nothing about it: such as after pressing a button, or when the partner has taken a step.
 * @returns a function that ends it.
 */
export function keepFocus(): () => void {
  let place: Place = [];
  const isLost = (): boolean => {
    const [thing] = place;
    const { activeElement, body } = document;
    return thing !== undefined && !isThere(thing) && [thing, body, null].includes(activeElement);
  };
  const observer = new MutationObserver(() => {
    if (isLost()) setTimeout(() => isLost() && focusAgain(place), CALM);
  });
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });

  const end = new AbortController();
  const listen = (name: 'focusin' | 'pointerdown', act: (target: Element) => void): void =>
    document.addEventListener(name, ({ target }) => target instanceof Element && act(target), { signal: end.signal });
  listen('focusin', (target) => {
    place = placeOf(target);
  });
  // A click elsewhere leaves the element on purpose.
  listen('pointerdown', (target) => {
    if (place[0]?.contains(target) === false) place = [];
  });
  return () => {
    observer.disconnect();
    end.abort();
  };
}

const isThere = (thing: Element): boolean => thing.isConnected && !thing.matches(':disabled');
