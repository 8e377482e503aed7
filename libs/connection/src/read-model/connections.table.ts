import type { Connection, Standing } from '../domain/connection';
import { type FreeText, legible } from '../domain/free-text';
import type { PartyRole, Status } from '../domain/lifecycle';

/** One row for each connection, from which lists and single reads are answered. Can be rebuilt from the log. */
export interface ConnectionRow {
  id: string;
  /** The revision of the last event applied to the row. */
  revision: number;
  /** The position of the first event: the order of creation, and the cursor of lists. */
  created_position: string;
  source_organization_id: string;
  destination_organization_id: string;
  /** Set only if the event that gave the name holds it in the clear. */
  name: string | null;
  /** The commitment to the name otherwise; see `texts`. */
  name_commitment: string | null;
  /** A JSON array of strings. */
  scopes: string;
  status: string;
  creator_id: string;
  creator_type: string;
  deactivated_by: string | null;
  created_at: string;
  updated_at: string;
}

export interface ReadModelTables {
  connections: ConnectionRow;
}

const nameIn = ({ name, name_commitment: commitment }: ConnectionRow): FreeText | null => {
  if (commitment !== null) return { commitment };
  return name === null ? null : { text: name };
};

export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  sourceOrganizationId: row.source_organization_id,
  destinationOrganizationId: row.destination_organization_id,
  name: nameIn(row),
  scopes: JSON.parse(row.scopes) as string[],
  status: row.status as Status,
  creatorId: row.creator_id,
  creatorType: row.creator_type as Connection['creatorType'],
  deactivatedBy: row.deactivated_by as PartyRole | null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** The columns that hold the standing of a connection. */
export const columnsOf = ({
  status,
  deactivatedBy,
  updatedAt,
}: Standing): Pick<ConnectionRow, 'status' | 'deactivated_by' | 'updated_at'> => ({
  status,
  deactivated_by: deactivatedBy,
  updated_at: updatedAt,
});

export const toRow = (connection: Connection, revision: number, createdPosition: string): ConnectionRow => ({
  id: connection.id,
  revision,
  created_position: createdPosition,
  source_organization_id: connection.sourceOrganizationId,
  destination_organization_id: connection.destinationOrganizationId,
  name: legible(connection.name),
  name_commitment: connection.name && 'commitment' in connection.name ? connection.name.commitment : null,
  scopes: JSON.stringify(connection.scopes),
  creator_id: connection.creatorId,
  creator_type: connection.creatorType,
  created_at: connection.createdAt,
  ...columnsOf(connection),
});
