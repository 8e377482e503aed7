import { Alert, Button, Group, Text } from '@mantine/core';
import { CounterClockwiseClockIcon } from '@radix-ui/react-icons';
import type { UseQueryResult } from '@tanstack/react-query';
import type { JSX } from 'react';
import { statusWords } from '@connections/connection/domain/words';
import { isProblem } from '../../api/problem';
import type { Connection } from '../../connections/connection-queries';
import { Failure } from '../../words/failure';
import { Moment } from '../../words/moment';
import type { Address } from '../use-address';

interface PastNoticeProps {
  readonly then: UseQueryResult<Connection>;
  /** As it is now. */
  readonly connection: Connection;
  readonly go: Address['go'];
}

/** Says that what is shown is the past, and leads back. */
export function PastNotice({
  then: { data: then, error, isPlaceholderData },
  connection,
  go,
}: PastNoticeProps): JSX.Element {
  const wasNotThere = error !== null && isProblem(error, 'not-then');
  if (error !== null && !wasNotThere) return <Failure error={error} title="The past could not be read" />;
  return (
    <Alert role="status" color="yellow" title="This is the past" icon={<CounterClockwiseClockIcon aria-hidden />}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" mih="1lh">
          {wasNotThere ? (
            'The connection was not there at that moment: it had not been created.'
          ) : then === undefined || isPlaceholderData ? (
            'One moment …'
          ) : (
            <>
              The connection as it was since <Moment at={then.attributes.updatedAt} />:{' '}
              {statusWords[then.attributes.status].name.toLowerCase()}, at revision {then.meta.revision}. Now it is{' '}
              {statusWords[connection.attributes.status].name.toLowerCase()}. Steps are taken now, not then.
            </>
          )}
        </Text>
        <Button size="xs" variant="default" onClick={() => go({ past: null })}>
          Back to now
        </Button>
      </Group>
    </Alert>
  );
}
