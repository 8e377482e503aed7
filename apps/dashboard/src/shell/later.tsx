import { lazy, Suspense, type ComponentType, type JSX, type ReactNode } from 'react';
import { Missing } from '../words/failure';
import { instead } from './unloaded';

/** After this long, in milliseconds, everything that the page needs has been loaded. */
const CALM = 5_000;

interface Manner {
  /** Shown until the part is loaded. */
  readonly meanwhile?: ReactNode;
  /** Whether it is needed most when nothing can be loaded any more: then it is loaded ahead, after everything else. */
  readonly isAhead?: boolean;
}

/**
 * A part of a page that is loaded when it is first shown, and a function that loads it earlier, such as on hover. If it
 * cannot be loaded, the page stays, with all that was typed there, and says so.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { meanwhile = null, isAhead = false }: Manner = {},
): [ComponentType<Props>, () => void] {
  const prepare = (): void => void load().catch(() => undefined);
  // First checks that the service answers: browsers remember a failed import, and do not try again.
  if (isAhead) setTimeout(() => void fetch('/livez').then(prepare, () => undefined), CALM);
  const Part = lazy<ComponentType<Props>>(() => load().then((component) => ({ default: component }), instead(Missing)));
  const Later = (props: Props): JSX.Element => (
    <Suspense fallback={meanwhile}>
      <Part {...props} />
    </Suspense>
  );
  return [Later, prepare];
}
