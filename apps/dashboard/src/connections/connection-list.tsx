import { Button, Group, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { UseQueryResult } from '@tanstack/react-query';
import { useRef, type JSX } from 'react';
import { isProblem } from '../api/problem';
import type { AskedStep } from '../steps/step-dialog';
import { Failure } from '../words/failure';
import type { Connection } from './connection-queries';
import { ConnectionCards } from './connection-cards';
import { ConnectionTable } from './connection-table';
import { NoneMatch } from './empty';
import { Filters } from './filters';
import { changed, type ListView, wholeView } from './list-view';
import { Paging, SkipToPages } from './paging';
import type { ShowView } from './use-list-view';

interface Page {
  readonly data: readonly Connection[];
  readonly links: { readonly prev: string | null; readonly next: string | null };
}

interface ConnectionListProps {
  readonly organizationId: string;
  readonly list: UseQueryResult<Page>;
  readonly view: ListView;
  readonly onShow: ShowView;
  readonly onAsk: (asked: AskedStep) => void;
}

/** Wide enough for a table beside the navigation. */
const WIDE = '(min-width: 64em)';

/** All connections of an organization, with filters, sorting and pages. */
export function ConnectionList({ organizationId, list, view, onShow, onAsk }: ConnectionListProps): JSX.Element {
  const isWide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false });
  const { data: page, error, isPlaceholderData } = list;
  const shownRows = useRef<HTMLDivElement>(null);
  const clear = (): void => onShow({ ...wholeView, sort: view.sort, size: view.size });
  const rows = { organizationId, connections: page?.data ?? [], onAsk };

  return (
    <Stack component="section" aria-label="All connections" gap="sm">
      <Filters view={view} onShow={onShow} />
      <VisuallyHidden role="status">{page && !isPlaceholderData && countOf(page)}</VisuallyHidden>
      {error && <ListFailure error={error} retry={() => void list.refetch()} view={view} onShow={onShow} />}
      {(page?.links.prev ?? page?.links.next) && <SkipToPages />}
      {page === undefined ? (
        !error && <RowsSkeleton />
      ) : page.data.length === 0 ? (
        <NoneMatch onClear={clear} />
      ) : (
        <div
          ref={shownRows}
          role="group"
          aria-label="Page of the list"
          tabIndex={-1}
          style={{ opacity: isPlaceholderData ? 0.6 : 1 }}
          aria-busy={isPlaceholderData}
        >
          {isWide ? <ConnectionTable {...rows} view={view} onShow={onShow} /> : <ConnectionCards {...rows} />}
        </div>
      )}
      {page && (
        <Paging
          links={page.links}
          view={view}
          onShow={onShow}
          // The page scrolls to its top, and the first row of the new page gets the focus.
          onTurn={() => shownRows.current?.focus({ preventScroll: true })}
        />
      )}
    </Stack>
  );
}

const countOf = ({ data, links }: Page): string => {
  if (data.length === 0) return 'No connection matches.';
  const count = data.length === 1 ? '1 connection' : `${data.length} connections`;
  return links.next === null ? `${count}.` : `${count}, and there are more.`;
};

function ListFailure({
  error,
  retry,
  view,
  onShow,
}: {
  readonly error: Error;
  readonly retry: () => void;
  readonly view: ListView;
  readonly onShow: ShowView;
}): JSX.Element {
  const isOldPage = isProblem(error, 'invalid-cursor');
  return (
    <Failure error={error} title="Your connections cannot be shown">
      <Group mt="xs">
        {isOldPage ? (
          <Button variant="default" onClick={() => onShow(changed(view, {}))}>
            Go to the first page
          </Button>
        ) : (
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Group>
    </Failure>
  );
}

const ROWS = Array.from({ length: 8 }, (_, row) => row);

const RowsSkeleton = (): JSX.Element => (
  <Stack gap="xs" aria-hidden>
    {ROWS.map((row) => (
      <Skeleton key={row} height={57} />
    ))}
  </Stack>
);

/** A placeholder until it is known what is shown above the list. */
export const ListSkeleton = (): JSX.Element => (
  <Stack gap="sm" role="status" aria-label="Loading connections">
    <Skeleton height={36} />
    <RowsSkeleton />
  </Stack>
);
