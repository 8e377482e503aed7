import { useEffect, useRef, useState, type RefObject } from 'react';
import { useLocation } from 'react-router';

const KEY = 'height';

interface HeightBefore {
  /** The element whose height is kept. */
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly mih: number | undefined;
}

/**
 * Gives a page its former height, in pixels, while it is reloaded: the router restores the scroll position as soon as
 * the page begins, and that position has to exist.
 * @param isThere whether all content is loaded, so that no height has to be kept.
 */
export function useHeightBefore(isThere: boolean): HeightBefore {
  const { pathname, search } = useLocation();
  const address = pathname + search;
  const ref = useRef<HTMLDivElement>(null);
  const [height] = useState(() => {
    const [pixels, of] = sessionStorage.getItem(KEY)?.split(' ') ?? [];
    return of === address ? Number(pixels) : undefined;
  });
  useEffect(() => {
    const keep = (): void => sessionStorage.setItem(KEY, `${ref.current?.offsetHeight ?? 0} ${address}`);
    window.addEventListener('pagehide', keep);
    return () => window.removeEventListener('pagehide', keep);
  }, [address]);
  return { ref, mih: isThere ? undefined : height };
}
