import { Button, Group, Paper, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import { Failure } from '../words/failure';

interface ListProps<T> {
  /** The name of the list for screen readers. */
  readonly label: string;
  readonly query: UseInfiniteQueryResult<readonly T[]>;
  readonly columns: readonly string[];
  readonly row: (item: T) => ReactNode;
  /** The text for an empty list. */
  readonly empty: string;
}

/** A table that can be extended page by page. */
export function List<T>({ label, query, columns, row, empty }: ListProps<T>): JSX.Element {
  const { data: items, error, isFetchingNextPage } = query;
  if (items === undefined) {
    return error === null ? (
      <Stack gap="xs" role="status" aria-label={`Loading: ${label}`}>
        <Skeleton height={44} />
        <Skeleton height={44} />
      </Stack>
    ) : (
      <Failure error={error} title="This cannot be shown">
        <Group mt="xs">
          <Button variant="default" onClick={() => void query.refetch()}>
            Try again
          </Button>
        </Group>
      </Failure>
    );
  }
  if (items.length === 0 && !query.hasNextPage) {
    return (
      <Paper withBorder p="md">
        <Text size="sm">{empty}</Text>
      </Paper>
    );
  }
  return (
    <>
      <Table.ScrollContainer minWidth={560} type="native">
        <Table aria-label={label} verticalSpacing="xs" fz="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{items.map(row)}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {query.hasNextPage && (
        <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}
