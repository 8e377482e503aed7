import { createContext, useContext } from 'react';
import type { Membership } from '../session/session-queries';

/** Holds the membership that the pages of an organization are shown for. */
export const SpeaksFor = createContext<Membership | null>(null);

/** The organization that the person speaks for here, and what they may do for it. Only its pages may ask. */
export function useMembership(): Membership {
  const membership = useContext(SpeaksFor);
  if (membership === null) throw new Error('Only pages of an organization know of a membership.');
  return membership;
}
