import { properties, table } from './terminal';

export const NO_CONNECTIONS = 'There are no such connections.';
export const NOTHING_HAPPENED = 'Nothing of that kind happened.';

/** A connection as a row of a list. */
export interface ConnectionRow {
  readonly id: string;
  readonly status: string;
  readonly sourceOrganizationId: string;
  readonly destinationOrganizationId: string;
  readonly name: string | null;
  readonly createdAt: string;
}

export const connectionTable = (rows: readonly ConnectionRow[]): string =>
  table(
    ['CONNECTION', 'STATUS', 'SOURCE', 'DESTINATION', 'NAME', 'CREATED'],
    rows.map(({ id, status, sourceOrganizationId, destinationOrganizationId, name, createdAt }) => [
      id,
      status,
      sourceOrganizationId,
      destinationOrganizationId,
      name,
      createdAt,
    ]),
  );

/** All there is to say of a connection. */
interface ShownConnection {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  /** As it is shown, with its name where that is known; so is the destination. */
  readonly source: string;
  readonly destination: string;
  readonly scopes: readonly string[];
  readonly deactivatedBy: string | null;
  readonly creatorType: string;
  readonly creatorId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revision: number;
}

/** @param more further properties to show. */
export const connectionText = (connection: ShownConnection, more: Parameters<typeof properties>[0] = []): string =>
  properties([
    ['Connection', connection.id],
    ['Name', connection.name],
    ['Status', connection.status],
    ['Source', connection.source],
    ['Destination', connection.destination],
    ['Scopes', connection.scopes.join(', ')],
    ['Deactivated by', connection.deactivatedBy],
    ['Created by', `${connection.creatorType} ${connection.creatorId}`],
    ['Created', connection.createdAt],
    ['Updated', connection.updatedAt],
    ['Revision', String(connection.revision)],
    ...more,
  ]);

/** A history as people read it: a sentence for each event. */
export const historyText = (entries: readonly { readonly revision: number; readonly sentence: string }[]): string =>
  table(
    ['REVISION', 'WHAT HAPPENED'],
    entries.map(({ revision, sentence }) => [String(revision), sentence]),
  );
