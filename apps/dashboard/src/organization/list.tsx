import { Button, Group, Paper, Skeleton, Stack, Table, Text } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import { Failure } from '../words/failure';

interface ListProps<T> {
  /** What is listed, as a screen reader says it. */
  readonly label: string;
  readonly query: UseInfiniteQueryResult<readonly T[]>;
  readonly columns: readonly string[];
  readonly row: (item: T) => ReactNode;
  /** What is said where there is nothing. */
  readonly empty: string;
}

/** A table of all there is of something, with more of it on demand. */
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
  if (items.length === 0) {
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
