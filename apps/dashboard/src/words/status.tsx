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

/** A status by its word; the icon and the colour say it again. */
export function StatusBadge({ status }: { readonly status: Status }): JSX.Element {
  const { color, Icon } = LOOK[status];
  return (
    <Badge variant="light" color={color} tt="none" leftSection={<Icon aria-hidden />}>
      {statusWords[status].name}
    </Badge>
  );
}
