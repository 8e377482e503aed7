import type { ConnectionAt } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import { attributesOf, CONNECTIONS } from '@connections/connection/resources';
import { Failed } from './failed';

/** The operator sees every connection. */
export const EVERYBODY = null;

/** Rewords a refusal for the operator, who sees every connection: if none is visible, there is none. */
export function telling(error: unknown): never {
  if (!(error instanceof ConnectionNotFound)) throw error;
  throw new Failed('not-found', 'There is no connection with this id. See "connection list".');
}

/** A connection, without what it is to one of its parties. */
export const resourceOf = ({ connection, revision }: ConnectionAt): object => ({
  type: CONNECTIONS,
  id: connection.id,
  attributes: attributesOf(connection),
  meta: { revision },
});
