import { createContext, useContext } from 'react';
import type { Session } from './session-queries';

/** Provides the session to all pages that need one. */
export const SignedIn = createContext<Session | null>(null);

/** The session. Only available below the signed-in page. */
export function useSession(): Session {
  const session = useContext(SignedIn);
  if (session === null) throw new Error('Only pages below the signed-in page know of a session.');
  return session;
}
