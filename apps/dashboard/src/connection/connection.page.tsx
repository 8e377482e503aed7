import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { useParams } from 'react-router';
import { Problem } from '../api/problem';
import { connectionQuery } from '../connections/connection-queries';
import { FailurePage, NotFoundPage } from '../shell/error-page';
import { useMembership } from '../shell/membership';
import { OneConnection } from './one-connection';

/** The page of one connection. A connection that the organization may not see looks as if it did not exist. */
export function Page(): JSX.Element {
  const { organizationId } = useMembership();
  const { connectionId = '' } = useParams();
  const { data: connection, error } = useQuery(connectionQuery(organizationId, connectionId));
  if (connection !== undefined) return <OneConnection key={connection.id} connection={connection} />;
  if (error === null) return <Waiting />;
  return isNoAddress(error) ? <NotFoundPage /> : <FailurePage error={error} />;
}

/** The API rejects an impossible id as an invalid parameter, which tells a person nothing. */
const isNoAddress = (error: Error): boolean =>
  error instanceof Problem && (error.status === 404 || error.status === 400);

/** As high as the content to come, so that nothing moves when it arrives. */
const Waiting = (): JSX.Element => (
  <Stack gap="lg" aria-busy="true" aria-label="The connection is loading">
    <Skeleton height={96} />
    <Skeleton height={132} />
    <Skeleton height={640} />
  </Stack>
);
