import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { PartyRole, Status } from '../domain/lifecycle';
import type { NamingTables } from '../read-model/named-rows';
import { type Cursor, isDescending, lowerCase, NAME, orderOf, type Sort } from './list-order';

export interface ConnectionFilter {
  readonly statuses?: readonly Status[] | undefined;
  /** The viewer's role. */
  readonly role?: PartyRole | undefined;
  readonly sourceOrganizationId?: string | undefined;
  readonly destinationOrganizationId?: string | undefined;
  /** Text that the name contains, ignoring case. */
  readonly name?: string | undefined;
  /**
   * Text that the name, or the name of the counterparty, contains, ignoring case; or the id of the connection or of the
   * counterparty. To a viewer who is no party, both parties count as counterparties.
   */
  readonly search?: string | undefined;
  /** ISO-8601 UTC, inclusive. */
  readonly createdFrom?: string | undefined;
  readonly createdTo?: string | undefined;
}

/** Names of organizations, as an SQL expression. Implemented by the module that keeps the directory in the database. */
export abstract class OrganizationNames {
  /** An expression for the name of the organization with an id; null if there is none. It takes no parameters. */
  abstract nameOf(organizationId: Expression<string>): Expression<string | null>;
}

export type Party = 'source_organization_id' | 'destination_organization_id';

/** A query on the rows of connections, with any selection. */
export type Rows<Row> = SelectQueryBuilder<NamingTables, 'connections', Row>;

/** One condition of a list: a name for its SQL, how it is applied, and its parameters. */
export interface Condition {
  readonly shape: string;
  readonly apply: <Row>(rows: Rows<Row>) => Rows<Row>;
  readonly values: readonly unknown[];
}

export const equal = (column: Party, value: string): Condition => ({
  shape: column,
  apply: (rows) => rows.where(column, '=', value),
  values: [value],
});

/** A connection of an organization to itself is listed once, as source. */
export const notItself: Condition = {
  shape: 'not-itself',
  apply: (rows) => rows.whereRef('source_organization_id', '<>', 'destination_organization_id'),
  values: [],
};

/** Only the rows on one side of a place. */
export function beyond({ direction, position, key }: Cursor, sort: Sort): Condition {
  const sign = sql.raw((direction === 'after') === isDescending(sort) ? '<' : '>');
  const { key: by } = orderOf(sort);
  return by === null
    ? {
        shape: direction,
        apply: (rows) => rows.where(sql<boolean>`created_position ${sign} ${position}`),
        values: [position],
      }
    : {
        shape: direction,
        apply: (rows) => rows.where(sql<boolean>`(${by}, created_position) ${sign} (${key ?? ''}, ${position})`),
        values: [key ?? '', position],
      };
}

/**
 * The conditions of a filter, except for the viewer's role. @param counterparties the columns that hold counterparties.
 */
export function conditionsOf(
  filter: ConnectionFilter,
  counterparties: readonly Party[],
  names: OrganizationNames,
): Condition[] {
  const conditions: Condition[] = [];
  const add = (shape: string, values: readonly unknown[], apply: Condition['apply']): void => {
    conditions.push({ shape, values, apply });
  };
  const { statuses, sourceOrganizationId, destinationOrganizationId, name, search, createdFrom, createdTo } = filter;
  if (statuses) add(`status-${statuses.length}`, statuses, (rows) => rows.where('status', 'in', [...statuses]));
  if (sourceOrganizationId !== undefined) conditions.push(equal('source_organization_id', sourceOrganizationId));
  if (destinationOrganizationId !== undefined)
    conditions.push(equal('destination_organization_id', destinationOrganizationId));
  if (name !== undefined) {
    const pattern = patternOf(name);
    add('name', [pattern], (rows) => rows.where(contains(NAME, pattern)));
  }
  if (search !== undefined) {
    const pattern = patternOf(search);
    const values = [pattern, search, ...counterparties.flatMap(() => [search, pattern])];
    add(`search-${counterparties.join('-')}`, values, (rows) =>
      rows.where((where) =>
        where.or([
          contains(NAME, pattern),
          where('id', '=', search),
          ...counterparties.flatMap((party) => [
            where(party, '=', search),
            contains(names.nameOf(where.ref(`connections.${party}`)), pattern),
          ]),
        ]),
      ),
    );
  }
  if (createdFrom !== undefined) add('from', [createdFrom], (rows) => rows.where('created_at', '>=', createdFrom));
  if (createdTo !== undefined) add('to', [createdTo], (rows) => rows.where('created_at', '<=', createdTo));
  return conditions;
}

const patternOf = (text: string): string => `%${lowerCase(text).replace(/[\\%_]/g, '\\$&')}%`;

const contains = (text: Expression<string | null>, pattern: string) =>
  sql<boolean>`lower(${text}) like ${pattern} escape '\\'`;
