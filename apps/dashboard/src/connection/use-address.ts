import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type PageAddress, readAddress, writeAddress } from './page-address';

export interface Address {
  readonly address: PageAddress;
  /** Goes to what the page shows with this changed. @param replacing whether "back" skips what is shown now */
  readonly go: (change: Partial<PageAddress>, replacing?: boolean) => void;
}

/** What the address says that the page shows. */
export function useAddress(): Address {
  const [parameters, setParameters] = useSearchParams();
  const address = useMemo(() => readAddress(parameters), [parameters]);
  const go = useCallback(
    (change: Partial<PageAddress>, replacing = false) =>
      // The address counts, and not what was drawn of it last: somebody quick has gone on meanwhile.
      setParameters(() => writeAddress({ ...readAddress(new URLSearchParams(window.location.search)), ...change }), {
        replace: replacing,
        preventScrollReset: true,
      }),
    [setParameters],
  );
  return { address, go };
}
