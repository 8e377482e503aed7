import { useEffect, useLayoutEffect, useRef } from 'react';
import { askAs } from '../api/as-whom';
import { sessionEnded } from './ended';
import { askWhoIsSignedIn, type Session } from './session-queries';
import { hearWindows, tellWindows } from './windows';

/**
 * Keeps a page to the person that it was shown to first, whoever signs in in another window: what it asks is asked as them,
 * and once it is somebody else's turn, it begins anew.
 * @param session undefined while it is not known who is signed in
 */
export function useOnePerson(session: Session | undefined): void {
  const first = useRef<string | null>(null);
  const person = session?.attributes.person.id;
  const id = session?.id;

  // Earlier than an effect, so before anything that is shown within asks.
  useLayoutEffect(() => {
    if (person === undefined) return;
    first.current ??= person;
    if (person === first.current) askAs(person);
    // Nothing that is shown here is theirs.
    else window.location.reload();
  }, [person]);

  useEffect(() => {
    if (id !== undefined && person !== undefined) tellWindows(person);
  }, [id, person]);

  useEffect(
    () =>
      hearWindows((told) => {
        if (told !== first.current || sessionEnded.get()) void askWhoIsSignedIn();
      }),
    [],
  );
}
