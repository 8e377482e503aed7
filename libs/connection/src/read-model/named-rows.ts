import type { SelectQueryBuilder } from 'kysely';
import type { Database } from '@connections/database/database';
import type { Connection } from '../domain/connection';
import type { TextTables } from '../texts';
import { type ConnectionRow, type ReadModelTables, toConnection } from './connections.table';

/** A row with the text of its name; null where the row has it itself, and where it is not there. */
export interface NamedRow extends ConnectionRow {
  name_text: string | null;
}

export type NamingTables = ReadModelTables & TextTables;

/**
 * Rows with their names. Each name is looked up by itself, for those rows that are given: as a join it could become a
 * walk through all texts.
 */
export const namedRows = (
  database: Database<NamingTables>,
): SelectQueryBuilder<NamingTables, 'connections', NamedRow> =>
  database.reader
    .selectFrom('connections')
    .selectAll()
    .select((row) =>
      row
        .selectFrom('texts')
        .select('texts.text')
        .whereRef('texts.commitment', '=', 'connections.name_commitment')
        .as('name_text'),
    );

/** The connection with a name that can be read, where it is still there. */
export function toNamedConnection(row: NamedRow): Connection {
  const connection = toConnection(row);
  return row.name_text === null ? connection : { ...connection, name: { text: row.name_text } };
}
