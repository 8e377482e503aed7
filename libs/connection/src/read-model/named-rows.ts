import type { SelectQueryBuilder } from 'kysely';
import type { Database } from '@connections/database/database';
import type { Connection } from '../domain/connection';
import type { TextTables } from '../texts';
import { type ConnectionRow, type ReadModelTables, toConnection } from './connections.table';

/** A row with the text of its name; null if the name is in the row itself, or is gone. */
export interface NamedRow extends ConnectionRow {
  name_text: string | null;
}

export type NamingTables = ReadModelTables & TextTables;

/**
 * Rows with their names. Each name is looked up separately, only for the rows that are returned: a join could turn into
 * a scan of all texts.
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

/** The connection, with the text of its name if that is still there. */
export function toNamedConnection(row: NamedRow): Connection {
  const connection = toConnection(row);
  return row.name_text === null ? connection : { ...connection, name: { text: row.name_text } };
}
