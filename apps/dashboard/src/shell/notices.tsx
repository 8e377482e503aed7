import { Notifications } from '@mantine/notifications';
import { useSyncExternalStore, type JSX } from 'react';

/** How long a notice stays, in milliseconds; longer while somebody points at one, or has the focus in it. */
const STAYS = 8_000;

/** Short messages beside the page, which may link to pages. */
export function Notices(): JSX.Element {
  const hasFocus = useSyncExternalStore(subscribe, isFocusInNotice);
  return <Notifications position="bottom-right" autoClose={hasFocus ? false : STAYS} data-notices />;
}

/** Asks the document, since no blur event comes from a notice that disappears while it has the focus. */
const isFocusInNotice = (): boolean => document.activeElement?.closest('[data-notices]') instanceof Element;

const subscribe = (listener: () => void): (() => void) => {
  document.addEventListener('focusin', listener);
  document.addEventListener('focusout', listener);
  return () => {
    document.removeEventListener('focusin', listener);
    document.removeEventListener('focusout', listener);
  };
};
