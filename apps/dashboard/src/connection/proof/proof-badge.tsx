import { CheckCircledIcon, ClockIcon, CrossCircledIcon, QuestionMarkCircledIcon } from '@radix-ui/react-icons';
import type { JSX } from 'react';
import { type Look, MarkedBadge } from '../../words/marked-badge';
import type { ProofState } from './proof-queries';

const LOOK: Readonly<Record<ProofState['kind'], Look & { readonly name: string }>> = {
  proven: { color: 'teal', Icon: CheckCircledIcon, name: 'Proven' },
  pending: { color: 'orange', Icon: ClockIcon, name: 'Not yet in a checkpoint' },
  failed: { color: 'red', Icon: CrossCircledIcon, name: 'Not proven' },
  unknown: { color: 'gray', Icon: QuestionMarkCircledIcon, name: 'Could not be verified' },
};

/** The state of a proof in words; the icon and the colour repeat it. */
export function ProofBadge({ kind }: { readonly kind: ProofState['kind'] }): JSX.Element {
  const { name, ...look } = LOOK[kind];
  return <MarkedBadge {...look}>{name}</MarkedBadge>;
}
