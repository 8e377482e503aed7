import { Badge } from '@mantine/core';
import type { ClockIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';

/** How a state looks. */
export interface Look {
  readonly color: string;
  readonly Icon: typeof ClockIcon;
}

/** A state by its word; the icon and the colour say it again. */
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
