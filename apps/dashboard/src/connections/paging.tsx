import { Button, Group, NativeSelect } from '@mantine/core';
import { ChevronLeftIcon, ChevronRightIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './connection-table.module.css';
import { changed, type Cursor, cursorOfLink, type ListView, parametersOf, sizes } from './list-view';
import type { ShowView } from './use-list-view';

interface PagingProps {
  readonly links: { readonly prev: string | null; readonly next: string | null };
  readonly view: ListView;
  readonly onShow: ShowView;
  /** Called when somebody goes to another page of the list. */
  readonly onTurn: () => void;
}

const PAGES = 'pages';

/** A link for keyboard users, past a list that may have a hundred rows. */
export const SkipToPages = (): JSX.Element => (
  <button type="button" className={classes['skip']} onClick={() => document.getElementById(PAGES)?.focus()}>
    Skip to the pages of the list
  </button>
);

/** The links to the previous and next page, and the size of pages. */
export const Paging = ({ links, view, onShow, onTurn }: PagingProps): JSX.Element => (
  <Group component="nav" id={PAGES} tabIndex={-1} aria-label="Pages of the list" justify="space-between">
    <NativeSelect
      size="xs"
      aria-label="Connections on a page"
      data={sizes.map((size) => ({ value: String(size), label: `${size} on a page` }))}
      value={String(view.size)}
      onChange={(event) => onShow(changed(view, { size: Number(event.currentTarget.value) }))}
    />
    <Group gap="xs">
      <Turn view={view} to={cursorOfLink(links.prev)} onTurn={onTurn} leftSection={<ChevronLeftIcon aria-hidden />}>
        Previous
      </Turn>
      <Turn view={view} to={cursorOfLink(links.next)} onTurn={onTurn} rightSection={<ChevronRightIcon aria-hidden />}>
        Next
      </Turn>
    </Group>
  </Group>
);

interface TurnProps {
  readonly view: ListView;
  /** Null if there is no such page. */
  readonly to: Cursor | null;
  readonly onTurn: () => void;
  readonly leftSection?: ReactNode;
  readonly rightSection?: ReactNode;
  readonly children: string;
}

function Turn({ view, to, onTurn, children, ...sections }: TurnProps): JSX.Element {
  const look = { size: 'xs', variant: 'default', ...sections } as const;
  if (to === null) {
    return (
      <Button {...look} disabled>
        {children}
      </Button>
    );
  }
  return (
    <Button
      {...look}
      component={Link}
      to={{ search: parametersOf(changed(view, { cursor: to })).toString() }}
      onClick={onTurn}
    >
      {children}
    </Button>
  );
}
