import { useEffect, useLayoutEffect, useRef } from 'react';
import { askAs } from '../api/as-whom';
import { sessionEnded } from './ended';
import { askWhoIsSignedIn, type Session } from './session-queries';
import { hearWindows, tellWindows } from './windows';

/**
 * Binds a page to the person to whom it was first shown, even if another signs in in another window: its requests are
 * made as that person, and when the session becomes another's, the page is reloaded.
 * @param session undefined until it is known who is signed in.
 */
export function useOnePerson(session: Session | undefined): void {
  const first = useRef<string | null>(null);
  const person = session?.attributes.person.id;
  const id = session?.id;

  // A layout effect, so that it runs before anything within the page makes requests.
  useLayoutEffect(() => {
    if (person === undefined) return;
    first.current ??= person;
    if (person === first.current) askAs(person);
    // Nothing shown here belongs to the new person.
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
