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
 * Keeps what is shown of an organization's connections up to date, and shows what others did.
 * @param membership of the organization; must stay the same.
 * @param personId the person who is signed in: their own actions are not shown to them.
 */
export function useLive(membership: Membership, personId: string): LiveState {
  const { organizationId } = membership;
  const [state, setState] = useState<LiveState>('connecting');
  const isEnded = useSessionEnded();
  // A browser allows few open streams, and nobody sees a hidden page: it catches up when it becomes visible.
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
        // A former member learns that from the pages once the session is reloaded; for a present member it goes on.
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
