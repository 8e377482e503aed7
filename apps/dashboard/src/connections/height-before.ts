import { useEffect, useRef, useState, type RefObject } from 'react';
import { useLocation } from 'react-router';

const KEY = 'height';

interface HeightBefore {
  /** What the height is of. */
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly mih: number | undefined;
}

/**
 * How high a page was before it was loaded anew, in pixels. The router scrolls to where somebody was as soon as the page
 * begins, and that place has to be there.
 * @param isThere whether the page has all that it shows, and needs nothing for its height
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
