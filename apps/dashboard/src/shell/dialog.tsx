import { Modal, type ModalProps } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, type JSX } from 'react';
import { focusAgain, placeOf } from './focus';

/** How long the library goes on moving the focus within a dialog that is being closed, in milliseconds. */
const SETTLED = 10;

/** How a dialog comes and goes; the time is in milliseconds. */
const MOTION = { transition: 'fade-down', duration: 200 } as const;
const NO_MOTION = { duration: 0 } as const;

/**
 * A dialog that brings whoever leaves it back to where they came from. The library's own way back is lost where dialogs may
 * lie over one another, and where one is loaded only when it is opened; and then it moves even for those who want none of it.
 * Over one another, dialogs also forget that Escape is not to close them.
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

/** Whoever has gone on meanwhile stays there. */
const isNowhere = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.closest('[role=dialog]') !== null;
