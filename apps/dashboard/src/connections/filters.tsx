import { Chip, Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { MagnifyingGlassIcon } from '@radix-ui/react-icons';
import { useState, type JSX } from 'react';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import { directionWords, statusWords } from '@connections/connection/domain/words';
import { changed, type ListView, longestSearch, type Sort, sorts, statuses } from './list-view';
import type { ShowView } from './use-list-view';

interface FiltersProps {
  readonly view: ListView;
  readonly onShow: ShowView;
}

/** How long to wait after the last key before searching, in milliseconds. */
const PAUSE = 300;

const SORTS: Readonly<Record<Sort, string>> = {
  '-created-at': 'Newest first',
  'created-at': 'Oldest first',
  '-updated-at': 'Last changed first',
  'updated-at': 'Longest unchanged first',
  name: 'Name A to Z',
  '-name': 'Name Z to A',
};

const DIRECTIONS: readonly { readonly value: PartyRole | ''; readonly label: string }[] = [
  { value: '', label: 'Both ways' },
  { value: 'source', label: `${directionWords.source.name} →` },
  { value: 'destination', label: `← ${directionWords.destination.name}` },
];

/** The filters and the order of the list. */
export function Filters({ view, onShow }: FiltersProps): JSX.Element {
  return (
    <Stack gap="xs" role="search" aria-label="Connections">
      <Group gap="xs">
        <Search view={view} onShow={onShow} />
        <NativeSelect
          aria-label="Order"
          data={sorts.map((sort) => ({ value: sort, label: SORTS[sort] }))}
          value={view.sort}
          onChange={(event) => onShow(changed(view, { sort: event.currentTarget.value as Sort }))}
        />
      </Group>
      <Group gap="sm">
        <SegmentedControl
          size="xs"
          aria-label="Direction"
          data={[...DIRECTIONS]}
          value={view.role ?? ''}
          onChange={(chosen) => onShow(changed(view, { role: chosen === '' ? null : chosen }))}
        />
        <Chip.Group
          multiple
          value={[...view.statuses]}
          onChange={(chosen) => {
            onShow(changed(view, { statuses: statuses.filter((status) => chosen.includes(status)) }));
          }}
        >
          <Group gap={6} role="group" aria-label="Status">
            {statuses.map((status: Status) => (
              <Chip key={status} value={status} size="xs" variant="outline">
                {statusWords[status].name}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </Group>
    </Stack>
  );
}

function Search({ view, onShow }: FiltersProps): JSX.Element {
  const [typed, setTyped] = useState(view.search);
  const [sent, setSent] = useState(view.search);
  const [shown, setShown] = useState(view.search);
  if (view.search !== shown) {
    setShown(view.search);
    // "Back" and "forward" change the search; text typed here is in the address already, or will be.
    if (view.search !== sent) setTyped(view.search);
  }
  const look = useDebouncedCallback((text: string) => {
    setSent(text);
    // "Back" leads to before the search, and not through its letters.
    if (text !== view.search) onShow(changed(view, { search: text }), { replace: view.search !== '' });
  }, PAUSE);
  return (
    <TextInput
      type="search"
      aria-label="Search"
      placeholder="Name, partner or ID"
      flex="1 1 200px"
      maxLength={longestSearch}
      leftSection={<MagnifyingGlassIcon aria-hidden />}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        look(value.trim());
      }}
    />
  );
}
