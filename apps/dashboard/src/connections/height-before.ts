import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

const KEY = 'height';

/**
 * How high a page was before it was loaded anew, in pixels. The router scrolls to where somebody was as soon as the page
 * begins, and that place has to be there.
 * @param isThere whether the page has all that it shows, and needs nothing for its height
 */
export function useHeightBefore(isThere: boolean): number | undefined {
  const { key } = useLocation();
  const [height] = useState(() => {
    const [of, pixels] = sessionStorage.getItem(KEY)?.split(' ') ?? [];
    return of === key ? Number(pixels) : undefined;
  });
  useEffect(() => {
    const keep = (): void => sessionStorage.setItem(KEY, `${key} ${document.documentElement.scrollHeight}`);
    window.addEventListener('pagehide', keep);
    return () => window.removeEventListener('pagehide', keep);
  }, [key]);
  return isThere ? undefined : height;
}
