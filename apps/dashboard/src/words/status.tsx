import { Badge } from '@mantine/core';
import { CheckCircledIcon, CircleBackslashIcon, ClockIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import type { Status } from '@connections/connection/domain/lifecycle';
import { statusWords } from '@connections/connection/domain/words';

const LOOK: Readonly<Record<Status, { readonly color: string; readonly Icon: typeof ClockIcon }>> = {
  pending: { color: 'orange', Icon: ClockIcon },
  active: { color: 'teal', Icon: CheckCircledIcon },
  inactive: { color: 'gray', Icon: CircleBackslashIcon },
};

/** A status as a word; the icon and the colour repeat it. */
export function StatusBadge({ status }: { readonly status: Status }): JSX.Element {
  const { color, Icon } = LOOK[status];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      c="var(--mantine-color-text)"
      miw="max-content"
      leftSection={<Icon aria-hidden color={`var(--mantine-color-${color}-light-color)`} />}
    >
      {statusWords[status].name}
    </Badge>
  );
}
