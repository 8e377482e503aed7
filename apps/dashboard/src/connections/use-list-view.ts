import { startTransition, useMemo, useOptimistic } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { type ListView, parametersOf, viewIn } from './list-view';

/** Shows another view of the list. With `replace`, "back" skips the present view. */
export type ShowView = (view: ListView, options?: { readonly replace?: boolean }) => void;

/** The view that the address describes, and a function to show another. */
export function useListView(): [ListView, ShowView] {
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  // The address is updated a moment later; a second click meanwhile builds on the first.
  const [view, showAtOnce] = useOptimistic(useMemo(() => viewIn(parameters), [parameters]));
  const show: ShowView = (next, { replace = false } = {}) =>
    startTransition(async () => {
      showAtOnce(next);
      await navigate({ search: parametersOf(next).toString() }, { preventScrollReset: true, replace });
    });
  return [view, show];
}
