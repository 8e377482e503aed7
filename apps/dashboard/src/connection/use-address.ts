import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type PageAddress, readAddress, writeAddress } from './page-address';

export interface Address {
  readonly address: PageAddress;
  /** Goes to the current address with these changes. @param replacing whether "back" skips the present address. */
  readonly go: (change: Partial<PageAddress>, replacing?: boolean) => void;
}

/** The state of the page, as its address says. */
export function useAddress(): Address {
  const [parameters, setParameters] = useSearchParams();
  const address = useMemo(() => readAddress(parameters), [parameters]);
  const go = useCallback(
    (change: Partial<PageAddress>, replacing = false) =>
      // Starts from the browser's address and not from the last render, which may be behind quick changes.
      setParameters(() => writeAddress({ ...readAddress(new URLSearchParams(window.location.search)), ...change }), {
        replace: replacing,
        preventScrollReset: true,
      }),
    [setParameters],
  );
  return { address, go };
}
