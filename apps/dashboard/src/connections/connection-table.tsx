import { Table, Text, UnstyledButton } from '@mantine/core';
import { ArrowDownIcon, ArrowUpIcon } from '@radix-ui/react-icons';
import type { JSX, ReactNode } from 'react';
import { Link } from 'react-router';
import { StepButtons } from '../steps/step-buttons';
import type { AskedStep } from '../steps/step-dialog';
import { Direction } from '../words/direction';
import { Moment } from '../words/moment';
import { StatusBadge } from '../words/status';
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

/** Connections, one a row. The whole row leads to the connection. */
export const ConnectionTable = ({
  organizationId,
  connections,
  onAsk,
  view,
  onShow,
}: ConnectionTableProps): JSX.Element => (
  <Table highlightOnHover className={classes['table'] ?? ''} verticalSpacing="xs">
    <Table.Thead>
      <Table.Tr>
        <SortedBy sorts={['name', '-name']} view={view} onShow={onShow}>
          Name
        </SortedBy>
        <Table.Th scope="col">Status</Table.Th>
        <Table.Th scope="col">Direction</Table.Th>
        <Table.Th scope="col">With</Table.Th>
        <Table.Th scope="col" className={classes['scopes'] ?? ''}>
          Scopes
        </Table.Th>
        <SortedBy sorts={['-updated-at', 'updated-at']} view={view} onShow={onShow}>
          Last change
        </SortedBy>
        <Table.Th scope="col">
          <span className={classes['hidden']}>Steps</span>
        </Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {connections.map((connection) => (
        <Row key={connection.id} organizationId={organizationId} connection={connection} onAsk={onAsk} />
      ))}
    </Table.Tbody>
  </Table>
);

function Row({
  organizationId,
  connection,
  onAsk,
}: Pick<ConnectionTableProps, 'organizationId' | 'onAsk'> & { readonly connection: Connection }): JSX.Element {
  const { attributes, meta } = connection;
  return (
    <Table.Tr className={classes['row'] ?? ''}>
      <Table.Th scope="row" className={classes['name'] ?? ''}>
        <Link className={classes['link']} to={addressOf(organizationId, connection.id)}>
          {titleOf(connection)}
        </Link>
      </Table.Th>
      <Table.Td>
        <StatusBadge status={attributes.status} />
      </Table.Td>
      <Table.Td className={classes['whole'] ?? ''}>{meta.role && <Direction role={meta.role} />}</Table.Td>
      <Table.Td>
        <Counterparty connection={connection} />
      </Table.Td>
      <Table.Td className={classes['scopes'] ?? ''}>
        <Text size="xs">{attributes.scopes.join(', ')}</Text>
      </Table.Td>
      <Table.Td className={classes['whole'] ?? ''}>
        <Moment at={attributes.updatedAt} />
      </Table.Td>
      <Table.Td>
        <StepButtons connection={connection} onAsk={onAsk} justify="flex-end" className={classes['above'] ?? ''} />
      </Table.Td>
    </Table.Tr>
  );
}

interface SortedByProps {
  /** The order that the first click leads to, and the opposite one. */
  readonly sorts: readonly [Sort, Sort];
  readonly view: ListView;
  readonly onShow: ShowView;
  readonly children: ReactNode;
}

/** The head of a column that the list can be sorted by. */
function SortedBy({ sorts: [first, second], view, onShow, children }: SortedByProps): JSX.Element {
  const isSorted = view.sort === first || view.sort === second;
  const isDescending = view.sort.startsWith('-');
  const Arrow = isDescending ? ArrowDownIcon : ArrowUpIcon;
  return (
    <Table.Th scope="col" {...(isSorted && { 'aria-sort': isDescending ? 'descending' : 'ascending' })}>
      <UnstyledButton
        className={classes['sort'] ?? ''}
        onClick={() => onShow(changed(view, { sort: view.sort === first ? second : first }))}
      >
        {children}
        {isSorted && <Arrow aria-hidden />}
      </UnstyledButton>
    </Table.Th>
  );
}
