import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { membersQuery } from './organization-queries';

/** So long somebody is taken to be called as they were, in milliseconds. */
const CALLED_SO_FOR = 5 * 60_000;

/**
 * How the members of one's own organization are called, by their ids. Of a large one it is those of the first page, and of
 * the others whom somebody has looked at: an id says who it is as well.
 */
export function useColleagues(organizationId: string): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery({ ...membersQuery(organizationId), staleTime: CALLED_SO_FOR });
  return useMemo(() => new Map(data?.map(({ id, attributes: { name } }) => [id, name])), [data]);
}
