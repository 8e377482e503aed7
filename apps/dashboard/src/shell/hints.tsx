import { lazy, Suspense, useEffect, useState, type ComponentType, type JSX } from 'react';
import type { HintProps } from './hint';
import { instead } from './unloaded';

/** Loaded when somebody first points at something. If it cannot be loaded, there are no hints. */
const Hint = lazy<ComponentType<HintProps>>(() =>
  import('./hint').then(
    ({ Hint: component }) => ({ default: component }),
    instead(() => null),
  ),
);

/** Elements whose attribute holds the hint to show on hover or focus. */
const HINTED = '[data-hint]';

/**
 * Shows the hint of the element that is hovered or focused: one component for the whole dashboard, so that long lists
 * cost nothing. Escape hides it, and the pointer may move onto it to read it.
 */
export function Hints(): JSX.Element | null {
  const [target, setTarget] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const end = new AbortController();
    const listen = (name: 'pointerover' | 'focusin' | 'focusout' | 'keydown', act: (event: Event) => void): void =>
      document.addEventListener(name, act, { signal: end.signal });
    const hinted = (event: Event): HTMLElement | null =>
      event.target instanceof Element ? event.target.closest<HTMLElement>(HINTED) : null;

    listen('pointerover', (event) => {
      const isHint = event.target instanceof Element && event.target.closest('[role=tooltip]') !== null;
      if (!isHint) setTarget(hinted(event));
    });
    listen('focusin', (event) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) setTarget(hinted(event));
    });
    listen('focusout', () => setTarget(null));
    listen('keydown', (event) => {
      if (event instanceof KeyboardEvent && event.key === 'Escape') setTarget(null);
    });
    return () => end.abort();
  }, []);

  const text = target?.dataset['hint'];
  if (target === null || text === undefined) return null;
  return (
    <Suspense>
      <Hint target={target} text={text} />
    </Suspense>
  );
}
