import { createContext, useContext } from 'react';
import type { Membership } from '../session/session-queries';

/** Provides the membership to the pages of an organization. */
export const SpeaksFor = createContext<Membership | null>(null);

/** The organization for which the person acts, and their role in it. Only available on its pages. */
export function useMembership(): Membership {
  const membership = useContext(SpeaksFor);
  if (membership === null) throw new Error('Only pages of an organization know of a membership.');
  return membership;
}
