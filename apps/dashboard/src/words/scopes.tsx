import { List, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { answered, apiFor } from '../api/api';

/** The service's catalogue of scopes. */
export const scopesQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', organizationId, 'scopes'],
    queryFn: async ({ signal }) =>
      (await answered(apiFor(organizationId).GET('/api/v1/connect/scopes', { signal }))).data,
    staleTime: Infinity,
  });

interface ScopesProps {
  readonly organizationId: string;
  readonly scopes: readonly string[];
}

/** Scopes, each with what it permits to the destination. */
export function Scopes({ organizationId, scopes }: ScopesProps): JSX.Element {
  const { data: known = [] } = useQuery(scopesQuery(organizationId));
  return (
    <List size="sm" spacing={4}>
      {scopes.map((scope) => (
        <List.Item key={scope}>
          <Text span inherit fw={600}>
            {scope}
          </Text>
          <Text span inherit c="dimmed">
            {' '}
            {known.find(({ id }) => id === scope)?.attributes.description}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
