import { Anchor } from '@mantine/core';
import { notifications, notificationsStore } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { Link } from 'react-router';
import { partiesOf } from '../connection/parties';
import { Sentence } from '../connection/sentence';
import { addressOf, connectionQuery, titleOf } from '../connections/connection-queries';
import { useColleagues } from '../organization/colleagues';
import type { Membership } from '../session/session-queries';
import { withoutTurns } from '../words/isolated';
import { Written } from '../words/written';
import type { LiveEvent } from './follow-events';

/** The most notices that people can read at once; beyond that, only their number is shown. */
const READ_AT_ONCE = 5;

/**
 * Shows each event of an organization once, as a notice with a link to its connection.
 * @returns a function that shows an event.
 */
export function newsOf(membership: Membership): (event: LiveEvent) => void {
  const { organizationId } = membership;
  const gathered = `news-${organizationId}`;
  let count = 0;
  return ({ id, attributes }) => {
    const open = noticesNow();
    const isGathering = open.includes(gathered);
    if (!isGathering && open.length < READ_AT_ONCE) {
      count = 0;
      notifications.show({
        // In a log restored from an older copy, a new event may have the id of one that was lost.
        id: `${id} ${attributes.hash}`,
        message: <News membership={membership} event={attributes} />,
      });
      return;
    }
    count = isGathering ? count + 1 : 1;
    const notice = {
      id: gathered,
      message: (
        <>
          {count === 1 ? '1 more thing' : `${count.toLocaleString()} more things`} happened.{' '}
          <Anchor component={Link} to={`/o/${organizationId}/connections?sort=-updated-at`} size="sm">
            See what changed last
          </Anchor>
        </>
      ),
    };
    if (isGathering) notifications.update(notice);
    else notifications.show(notice);
  };
}

interface NewsProps {
  readonly membership: Membership;
  readonly event: LiveEvent['attributes'];
}

/** What happened to which connection, with a link to it. */
function News({ membership, event }: NewsProps): JSX.Element {
  const { organizationId } = membership;
  const { data: connection, error } = useQuery(connectionQuery(organizationId, event.connectionId));
  const colleagues = useColleagues(organizationId);
  return (
    <>
      {connection ? (
        <Sentence event={event} parties={partiesOf(connection, membership, colleagues)} />
      ) : (
        error && withoutTurns(event.summary)
      )}{' '}
      <Anchor component={Link} to={addressOf(organizationId, event.connectionId)} size="sm">
        See {connection ? <Written>{titleOf(connection)}</Written> : 'the connection'}
      </Anchor>
    </>
  );
}

/** The notices that are visible, and those that wait for room. */
function noticesNow(): (string | undefined)[] {
  const { notifications: seen, queue } = notificationsStore.getState();
  return [...seen, ...queue].map(({ id }) => id);
}
