import { CheckCircledIcon, CircleBackslashIcon, ClockIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import type { Status } from '@connections/connection/domain/lifecycle';
import { statusWords } from '@connections/connection/domain/words';
import { type Look, MarkedBadge } from './marked-badge';

const LOOK: Readonly<Record<Status, Look>> = {
  pending: { color: 'orange', Icon: ClockIcon },
  active: { color: 'teal', Icon: CheckCircledIcon },
  inactive: { color: 'gray', Icon: CircleBackslashIcon },
};

/** A status as a word; the icon and the colour repeat it. */
export function StatusBadge({ status }: { readonly status: Status }): JSX.Element {
  return <MarkedBadge {...LOOK[status]}>{statusWords[status].name}</MarkedBadge>;
}
