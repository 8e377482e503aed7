import { Button, Group } from '@mantine/core';
import type { JSX, ReactNode } from 'react';

interface DialogButtonsProps {
  readonly onClose: () => void;
  /** What the way out says. */
  readonly leave?: string;
  /** Whether nobody may leave now. */
  readonly isKept?: boolean;
  /** Whether the way out has the focus at first. */
  readonly isCautious?: boolean;
  /** The button of what the dialog asks about. */
  readonly children: ReactNode;
}

/** The last line of a dialog: the way out of it, and what it is there for. */
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
