import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { membersQuery } from './organization-queries';

/** How long names are kept before they are loaded again, in milliseconds. */
const CALLED_SO_FOR = 5 * 60_000;

/**
 * The names of the members of one's own organization by their ids. In a large organization only those of the first
 * page, and of pages that somebody has looked at; for the others the id has to do.
 */
export function useColleagues(organizationId: string): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery({ ...membersQuery(organizationId), staleTime: CALLED_SO_FOR });
  return useMemo(() => new Map(data?.map(({ id, attributes: { name } }) => [id, name])), [data]);
}
