/** Whoever knows better where the focus goes has moved it by then, in milliseconds: a dialog that goes is the slowest. */
const CALM = 50;

/** Where somebody is: what has the focus, and all that it is in, from the inside out; nothing where nothing has it. */
export type Place = readonly Element[];

export function placeOf(element: Element | null): Place {
  return element === null || element === document.body ? [] : [element, ...placeOf(element.parentElement)];
}

/** Goes to the heading of the page, for whoever has nothing to come back to. */
export const focusHeading = (): void => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });

/**
 * Brings somebody back to where they were: to the very thing, or else to what is left around it, such as the link of its
 * row. Where nothing of that is left, the heading of the page is.
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
  // What takes no focus by itself takes it now.
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

/**
 * Keeps the focus on the page. When what has it goes, or can be used no more, browsers forget where somebody was, and a
 * screen reader says nothing of it: a button that was pressed, or a step that the partner has taken meanwhile.
 * @returns what ends it
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
  // Whoever clicks beside it has left it.
  listen('pointerdown', (target) => {
    if (place[0]?.contains(target) === false) place = [];
  });
  return () => {
    observer.disconnect();
    end.abort();
  };
}

const isThere = (thing: Element): boolean => thing.isConnected && !thing.matches(':disabled');
