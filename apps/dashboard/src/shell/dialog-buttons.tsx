import { Button, Group } from '@mantine/core';
import type { JSX, ReactNode } from 'react';

interface DialogButtonsProps {
  readonly onClose: () => void;
  /** The label of the button that closes the dialog. */
  readonly leave?: string;
  /** Whether the dialog cannot be closed now. */
  readonly isKept?: boolean;
  /** Whether the button that closes it has the focus first. */
  readonly isCautious?: boolean;
  /** The button for the step that the dialog is about. */
  readonly children: ReactNode;
}

/** The last line of a dialog: a button to close it, and the button for its step. */
export function DialogButtons({
  onClose,
  leave = 'Cancel',
  isKept = false,
  isCautious = false,
  children,
}: DialogButtonsProps): JSX.Element {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose} disabled={isKept} data-autofocus={isCautious || undefined}>
        {leave}
      </Button>
      {children}
    </Group>
  );
}
