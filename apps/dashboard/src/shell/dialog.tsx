import { Modal, type ModalProps } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, type JSX } from 'react';
import { focusAgain, placeOf } from './focus';

/** How long the library still moves the focus within a dialog that is closing, in milliseconds. */
const SETTLED = 10;

/** How a dialog appears and disappears; the duration is in milliseconds. */
const MOTION = { transition: 'fade-down', duration: 200 } as const;
const NO_MOTION = { duration: 0 } as const;

/**
 * A dialog that returns the focus to where it was. The library's own way fails when dialogs lie over one another, or
 * when one is loaded only on opening; and it moves the focus even for dialogs that ask it not to. Dialogs over one
 * another also ignore that Escape must not close them.
 */
export function Dialog({ onClose, ...dialog }: ModalProps): JSX.Element {
  const { opened, closeOnEscape = true } = dialog;
  const isStill = useReducedMotion(false, { getInitialValueInEffect: false });
  useEffect(() => {
    if (!opened) return;
    const cameFrom = placeOf(document.activeElement);
    return () => {
      setTimeout(() => {
        if (isNowhere(document.activeElement)) focusAgain(cameFrom);
      }, SETTLED);
    };
  }, [opened]);
  return (
    <Modal
      {...dialog}
      onClose={closeOnEscape ? onClose : stay}
      returnFocus={false}
      transitionProps={isStill ? NO_MOTION : MOTION}
    />
  );
}

const stay = (): void => undefined;

/** Whether nothing has the focus. If the person has gone on to something else, it stays there. */
const isNowhere = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.closest('[role=dialog]') !== null;
