import { Text, UnstyledButton } from '@mantine/core';
import { ArrowDownIcon, ArrowUpIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';
import { Link } from 'react-router';
import { StepButtons } from '../steps/step-buttons';
import type { AskedStep } from '../steps/step-dialog';
import { Direction } from '../words/direction';
import { Moment } from '../words/moment';
import { StatusBadge } from '../words/status';
import { Written } from '../words/written';
import { addressOf, type Connection, titleOf } from './connection-queries';
import classes from './connection-table.module.css';
import { Counterparty } from './counterparty';
import { changed, type ListView, type Sort } from './list-view';
import type { ShowView } from './use-list-view';

interface ConnectionTableProps {
  readonly organizationId: string;
  readonly connections: readonly Connection[];
  readonly onAsk: (asked: AskedStep) => void;
  readonly view: ListView;
  readonly onShow: ShowView;
}

/** Connections as rows; each whole row links to its connection. */
export const ConnectionTable = ({
  organizationId,
  connections,
  onAsk,
  view,
  onShow,
}: ConnectionTableProps): JSX.Element => (
  <table className={classes['table']}>
    <thead>
      <tr>
        <SortedBy sorts={['name', '-name']} view={view} onShow={onShow}>
          Name
        </SortedBy>
        <th scope="col">Status</th>
        <th scope="col">Direction</th>
        <th scope="col">With</th>
        <th scope="col" className={classes['scopes']}>
          Scopes
        </th>
        <SortedBy sorts={['-updated-at', 'updated-at']} view={view} onShow={onShow}>
          Last change
        </SortedBy>
        <th scope="col">
          <span className={classes['hidden']}>Steps</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {connections.map((connection) => (
        <Row key={connection.id} organizationId={organizationId} connection={connection} onAsk={onAsk} />
      ))}
    </tbody>
  </table>
);

function Row({
  organizationId,
  connection,
  onAsk,
}: Pick<ConnectionTableProps, 'organizationId' | 'onAsk'> & { readonly connection: Connection }): JSX.Element {
  const { attributes, meta } = connection;
  return (
    <tr className={classes['row']}>
      <th scope="row" className={classes['name']}>
        <Link className={classes['link']} to={addressOf(organizationId, connection.id)}>
          <Written>{titleOf(connection)}</Written>
        </Link>
      </th>
      <td>
        <StatusBadge status={attributes.status} />
      </td>
      <td className={classes['whole']}>{meta.role && <Direction role={meta.role} />}</td>
      <td>
        <Counterparty connection={connection} />
      </td>
      <td className={classes['scopes']}>
        <Text size="xs">{attributes.scopes.join(', ')}</Text>
      </td>
      <td className={classes['time']}>
        <Moment at={attributes.updatedAt} />
      </td>
      <td>
        <StepButtons
          connection={connection}
          onAsk={onAsk}
          justify="flex-end"
          wrap="nowrap"
          className={classes['above'] ?? ''}
        />
      </td>
    </tr>
  );
}

interface SortedByProps {
  /** The order after the first click, and the opposite one. */
  readonly sorts: readonly [Sort, Sort];
  readonly view: ListView;
  readonly onShow: ShowView;
  readonly children: ReactNode;
}

/** The heading of a sortable column. */
function SortedBy({ sorts: [first, second], view, onShow, children }: SortedByProps): JSX.Element {
  const isSorted = view.sort === first || view.sort === second;
  const isDescending = view.sort.startsWith('-');
  const Arrow = isDescending ? ArrowDownIcon : ArrowUpIcon;
  return (
    <th scope="col" {...(isSorted && { 'aria-sort': isDescending ? 'descending' : 'ascending' })}>
      <UnstyledButton
        className={classes['sort'] ?? ''}
        onClick={() => onShow(changed(view, { sort: view.sort === first ? second : first }))}
      >
        {children}
        {isSorted && <Arrow aria-hidden />}
      </UnstyledButton>
    </th>
  );
}
