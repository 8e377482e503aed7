import { Modal, type ModalProps } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, type JSX } from 'react';

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
export function Dialog({ returnFocus = true, onClose, ...dialog }: ModalProps): JSX.Element {
  const { opened, closeOnEscape = true } = dialog;
  const isStill = useReducedMotion(false, { getInitialValueInEffect: false });
  const returns = useRef(returnFocus);
  useEffect(() => {
    returns.current = returnFocus;
  }, [returnFocus]);
  useEffect(() => {
    if (!opened) return;
    const cameFrom = document.activeElement;
    return () => {
      setTimeout(() => {
        if (!returns.current || !isNowhere(document.activeElement) || !(cameFrom instanceof HTMLElement)) return;
        // What was pressed may be gone, such as a step that is no longer possible; the page is not.
        if (cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
        else focusHeading();
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

/** Goes to the heading of the page, for whoever has nothing to come back to. */
export const focusHeading = (): void => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });

const stay = (): void => undefined;

/** Whoever has gone on meanwhile stays there. */
const isNowhere = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.closest('[role=dialog]') !== null;
