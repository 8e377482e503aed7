import { startTransition, useMemo, useOptimistic } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { type ListView, parametersOf, viewIn } from './list-view';

/** Shows another view of the list. With `replace`, going back does not lead through what was shown before. */
export type ShowView = (view: ListView, options?: { readonly replace?: boolean }) => void;

/** What the address of the page says of the list, and the way to another address. */
export function useListView(): [ListView, ShowView] {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  // The address follows a moment later, and a second click meanwhile adds to what the first one chose.
  const [view, showAtOnce] = useOptimistic(useMemo(() => viewIn(parameters), [parameters]));
  const show: ShowView = (next, { replace = false } = {}) =>
    startTransition(async () => {
      showAtOnce(next);
      await navigate({ search: parametersOf(next).toString() }, { preventScrollReset: true, replace });
    });
  return [view, show];
}
