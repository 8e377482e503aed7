import { table } from './terminal';

export const NO_CONNECTIONS = 'There are no such connections.';
export const NOTHING_HAPPENED = 'Nothing of that kind happened.';

/** A connection as a line of a list. */
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

/** A history as people read it: a sentence for each event. */
export const historyText = (entries: readonly { readonly revision: number; readonly sentence: string }[]): string =>
  table(
    ['REVISION', 'WHAT HAPPENED'],
    entries.map(({ revision, sentence }) => [String(revision), sentence]),
  );
