import { Anchor } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useDocumentVisibility } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { neverBefore } from '../api/api';
import { addressOf, connectionKeys, staleConnection } from '../connections/connection-queries';
import { questions } from '../questions';
import { sessionEnded, useSessionEnded } from '../session/ended';
import { sessionQuery } from '../session/session-queries';
import type { LiveEvent, LiveState } from './follow-events';

/**
 * Keeps what is shown of an organization's connections true to what happens, and tells of what others did.
 * @param personId who is signed in: what they did themselves is no news to them
 */
export function useLive(organizationId: string, personId: string): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const isEnded = useSessionEnded();
  // A browser keeps few streams open at once, and nobody sees a page that is hidden: it catches up when it is seen again.
  const isSeen = useDocumentVisibility() === 'visible';
  const [cursor] = useState<{ current: string | null }>({ current: null });

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
          if (actor.id !== personId) tell(organizationId, event);
        },
        onRefused: (status) => {
          if (status === 401) sessionEnded.set(true);
          // Whoever is no member any more hears so by the pages, once they know.
          else void questions.invalidateQueries({ queryKey: sessionQuery.queryKey });
        },
      });
    });
    return () => {
      isOver = true;
      stop?.();
    };
  }, [organizationId, personId, isEnded, isSeen, cursor]);

  return state;
}

async function everythingIsStale(organizationId: string): Promise<void> {
  await Promise.all([
    questions.invalidateQueries({ queryKey: connectionKeys.lists(organizationId) }),
    questions.invalidateQueries({ queryKey: connectionKeys.every(organizationId) }),
  ]);
}

/** Says what happened, once, with the way to where it did. */
const tell = (organizationId: string, { id, attributes }: LiveEvent): string =>
  notifications.show({
    id,
    message: (
      <>
        {attributes.summary}{' '}
        <Anchor component={Link} to={addressOf(organizationId, attributes.connectionId)} size="sm">
          See the connection
        </Anchor>
      </>
    ),
  });
