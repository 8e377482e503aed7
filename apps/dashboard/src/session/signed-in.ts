import { createContext, useContext } from 'react';
import type { Session } from './session-queries';

/** Holds the session for every page that needs one. */
export const SignedIn = createContext<Session | null>(null);

/** Who is signed in. Only pages below the signed-in page may ask. */
export function useSession(): Session {
  const session = useContext(SignedIn);
  if (session === null) throw new Error('Only pages below the signed-in page know of a session.');
  return session;
}
