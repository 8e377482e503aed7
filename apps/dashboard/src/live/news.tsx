import { Anchor } from '@mantine/core';
import { notifications, notificationsStore } from '@mantine/notifications';
import { Link } from 'react-router';
import { addressOf } from '../connections/connection-queries';
import { unturned } from '../words/isolated';
import type { LiveEvent } from './follow-events';

/** So many notices at once are read; of more, it is told how many there are. */
const READ_AT_ONCE = 5;

/**
 * Tells what happens in an organization, each thing once, with the way to where it did.
 * @returns what tells of an event
 */
export function newsOf(organizationId: string): (event: LiveEvent) => void {
  const gathered = `news-${organizationId}`;
  let count = 0;
  return ({ id, attributes }) => {
    const open = noticesNow();
    const isGathering = open.includes(gathered);
    if (!isGathering && open.length < READ_AT_ONCE) {
      count = 0;
      notifications.show({
        // In a log that was restored from an older copy, another event may have the name of one that was lost.
        id: `${id} ${attributes.hash}`,
        message: (
          <>
            {unturned(attributes.summary)}{' '}
            <Anchor component={Link} to={addressOf(organizationId, attributes.connectionId)} size="sm">
              See the connection
            </Anchor>
          </>
        ),
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

/** The notices that are seen, and those that wait for room. */
function noticesNow(): (string | undefined)[] {
  const { notifications: seen, queue } = notificationsStore.getState();
  return [...seen, ...queue].map(({ id }) => id);
}
