import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type ListView, parametersOf, viewIn } from './list-view';

/** Shows another view of the list. With `replace`, going back does not lead through what was shown before. */
export type ShowView = (view: ListView, options?: { readonly replace?: boolean }) => void;

/** What the address of the page says of the list, and the way to another address. */
export function useListView(): [ListView, ShowView] {
  const [parameters, setParameters] = useSearchParams();
  const view = useMemo(() => viewIn(parameters), [parameters]);
  const show: ShowView = (next, options) =>
    setParameters(parametersOf(next), { preventScrollReset: true, replace: options?.replace ?? false });
  return [view, show];
}
