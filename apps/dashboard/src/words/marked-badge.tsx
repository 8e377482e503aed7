import { Badge } from '@mantine/core';
import type { ClockIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';

/** The colour and icon of a state. */
export interface Look {
  readonly color: string;
  readonly Icon: typeof ClockIcon;
}

/** A badge with the word of a state; icon and colour only repeat it. */
export function MarkedBadge({ color, Icon, children }: Look & { readonly children: ReactNode }): JSX.Element {
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      c="var(--mantine-color-text)"
      miw="max-content"
      leftSection={<Icon aria-hidden color={`var(--mantine-color-${color}-light-color)`} />}
    >
      {children}
    </Badge>
  );
}
