import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { neverBefore } from '../api/api';
import { connectionKeys, staleConnection } from '../connections/connection-queries';
import { questions, sessionKey } from '../questions';
import { sessionEnded, useSessionEnded } from '../session/ended';
import type { Membership } from '../session/session-queries';
import type { LiveState } from './follow-events';
import { newsOf } from './news';

/**
 * Keeps what is shown of an organization's connections true to what happens, and tells of what others did.
 * @param membership of the organization, which stays the same
 * @param personId who is signed in: what they did themselves is no news to them
 */
export function useLive(membership: Membership, personId: string): LiveState {
  const { organizationId } = membership;
  const [state, setState] = useState<LiveState>('connecting');
  const isEnded = useSessionEnded();
  // A browser keeps few streams open at once, and nobody sees a page that is hidden: it catches up when it is seen again.
  const isSeen = useDocumentVisibility() === 'visible';
  const [cursor] = useState<{ current: string | null }>({ current: null });
  const [tell] = useState(() => newsOf(membership));

  useEffect(() => {
    if (isEnded || !isSeen) return;
    let stop: (() => void) | null = null;
    let isOver = false;
    void import('./follow-events').then(({ followEvents }) => {
      if (isOver) return;
      stop = followEvents(organizationId, cursor, {
        onState: setState,
        onGap: () => void everythingIsStale(organizationId),
        onEvent: (event) => {
          const { position, connectionId, actor } = event.attributes;
          if (position !== null) neverBefore(organizationId, position);
          void staleConnection(organizationId, connectionId);
          if (actor.id !== personId) tell(event);
        },
        onEnded: () => sessionEnded.set(true),
        // Whoever is no member any more hears so by the pages, once they know; for whoever still is, it goes on.
        onDoubt: () => void questions.invalidateQueries({ queryKey: sessionKey }),
      });
    });
    return () => {
      isOver = true;
      stop?.();
    };
  }, [organizationId, personId, isEnded, isSeen, cursor, tell]);

  return state;
}

async function everythingIsStale(organizationId: string): Promise<void> {
  await Promise.all([
    questions.invalidateQueries({ queryKey: connectionKeys.lists(organizationId) }),
    questions.invalidateQueries({ queryKey: connectionKeys.every(organizationId) }),
  ]);
}
