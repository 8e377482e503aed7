import { lazy, Suspense, type ComponentType, type JSX, type ReactNode } from 'react';
import { Missing } from '../words/failure';
import { instead } from './unloaded';

/** By then everything has come that a page is for, in milliseconds. */
const CALM = 5_000;

interface Manner {
  /** What stands there until it is loaded. */
  readonly meanwhile?: ReactNode;
  /** Whether it is needed most where nothing can be loaded any more: then it comes by itself, after all else. */
  readonly isAhead?: boolean;
}

/**
 * A part of a page that is loaded when it is shown first, and what loads it before, such as when somebody points at what
 * shows it. Where it cannot be had, the page stays with all that was typed there, and says so.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { meanwhile = null, isAhead = false }: Manner = {},
): [ComponentType<Props>, () => void] {
  const prepare = (): void => void load().catch(() => undefined);
  // Browsers remember what could not be loaded, so that it is not tried where nobody answers.
  if (isAhead) setTimeout(() => void fetch('/livez').then(prepare, () => undefined), CALM);
  const Part = lazy<ComponentType<Props>>(() => load().then((component) => ({ default: component }), instead(Missing)));
  const Later = (props: Props): JSX.Element => (
    <Suspense fallback={meanwhile}>
      <Part {...props} />
    </Suspense>
  );
  return [Later, prepare];
}
