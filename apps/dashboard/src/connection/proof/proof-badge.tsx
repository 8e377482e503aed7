import { Badge } from '@mantine/core';
import { CheckCircledIcon, ClockIcon, CrossCircledIcon, QuestionMarkCircledIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import type { ProofState } from './proof-queries';

const LOOK: Readonly<Record<ProofState['kind'], { color: string; Icon: typeof ClockIcon; name: string }>> = {
  proven: { color: 'teal', Icon: CheckCircledIcon, name: 'Proven' },
  pending: { color: 'orange', Icon: ClockIcon, name: 'Not yet in a checkpoint' },
  failed: { color: 'red', Icon: CrossCircledIcon, name: 'Not proven' },
  unknown: { color: 'gray', Icon: QuestionMarkCircledIcon, name: 'Could not be verified' },
};

/** The state of a proof in words; the icon and the colour repeat it. */
export function ProofBadge({ kind }: { readonly kind: ProofState['kind'] }): JSX.Element {
  const { color, Icon, name } = LOOK[kind];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      c="var(--mantine-color-text)"
      miw="max-content"
      leftSection={<Icon aria-hidden color={`var(--mantine-color-${color}-light-color)`} />}
    >
      {name}
    </Badge>
  );
}
