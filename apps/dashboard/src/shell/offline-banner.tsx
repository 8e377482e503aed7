import { Text } from '@mantine/core';
import { ExclamationTriangleIcon } from '@radix-ui/react-icons';
import { useSyncExternalStore, type JSX } from 'react';
import classes from './frame.module.css';

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};

/** A banner while this machine is offline. */
export function OfflineBanner(): JSX.Element {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div className={classes['banner']} role="status">
      {!online && (
        <Text size="sm" py={6} px="md" bg="var(--mantine-color-yellow-light)" c="var(--mantine-color-text)">
          <ExclamationTriangleIcon aria-hidden /> You are offline. What you see may be out of date, and nothing can be
          changed until you are back.
        </Text>
      )}
    </div>
  );
}
