import { queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import type { NextStep } from '@connections/connection/domain/words';
import { answered, apiFor } from '../api/api';
import { questions } from '../questions';
import { isolated } from '../words/isolated';
import type { ListQuery } from './list-view';

/** A connection as the API tells it to one of its parties. */
export type Connection = components['schemas']['Connection'];

/**
 * Where answers about connections are kept. What begins with one of these is stale as soon as an event of the
 * connection arrives, so whatever is asked about a connection is kept below it.
 */
export const connectionKeys = {
  lists: (organizationId: string) => ['organizations', organizationId, 'connections'] as const,
  every: (organizationId: string) => ['organizations', organizationId, 'connection'] as const,
  one: (organizationId: string, id: string) => ['organizations', organizationId, 'connection', id] as const,
};

/** A connection as it is now. */
export const connectionQuery = (organizationId: string, id: string) =>
  queryOptions({
    queryKey: [...connectionKeys.one(organizationId, id), 'now'],
    queryFn: async ({ signal }) =>
      (
        await answered(
          apiFor(organizationId).GET('/api/v1/connect/connections/{id}', { params: { path: { id } }, signal }),
        )
      ).data,
  });

/** Whoever comes back to a list within this time sees it at once, and so finds their place in it. In milliseconds. */
const LIST_KEPT = 60 * 60_000;

/** A page of connections. */
export const connectionsQuery = (organizationId: string, query: ListQuery) =>
  queryOptions({
    queryKey: [...connectionKeys.lists(organizationId), query],
    queryFn: ({ signal }) =>
      answered(apiFor(organizationId).GET('/api/v1/connect/connections', { params: { query }, signal })),
    gcTime: LIST_KEPT,
  });

/** What a source proposes. */
export type Terms = components['schemas']['CreateConnectionRequest']['data']['attributes'];

/** Creates a connection. @returns it, pending. */
export const createConnection = async (
  organizationId: string,
  attributes: Terms,
  idempotencyKey: string,
): Promise<Connection> =>
  (
    await answered(
      apiFor(organizationId).POST('/api/v1/connect/connections', {
        headers: { 'idempotency-key': idempotencyKey },
        body: { data: { attributes } },
      }),
    )
  ).data;

/** Shows what a command answered, and asks anew for all that it may have changed. */
export async function connectionChanged(organizationId: string, connection: Connection): Promise<void> {
  questions.setQueryData(connectionQuery(organizationId, connection.id).queryKey, connection);
  await staleConnection(organizationId, connection.id);
}

/** Asks anew for whatever is shown of a connection, and for the lists that it may be in. */
export async function staleConnection(organizationId: string, id: string): Promise<void> {
  await Promise.all([
    questions.invalidateQueries({ queryKey: connectionKeys.one(organizationId, id) }),
    questions.invalidateQueries({ queryKey: connectionKeys.lists(organizationId) }),
  ]);
}

/**
 * How the other party is called: by its name, or by its Organization ID where it has none that is known. It can stand in a
 * sentence, whichever way it reads.
 */
export const counterpartyOf = ({ meta: { counterparty } }: Connection): string =>
  isolated(counterparty?.name ?? counterparty?.organizationId ?? 'the other organization');

/** What a connection is called where it has to be told from others: by its name, or else by where it leads; likewise. */
export const titleOf = (connection: Connection): string =>
  isolated(
    connection.attributes.name ??
      `Connection ${connection.meta.role === 'source' ? 'to' : 'from'} ${counterpartyOf(connection)}`,
  );

/** Where the page of a connection is. */
export const addressOf = (organizationId: string, connectionId: string): string =>
  `/o/${organizationId}/connections/${connectionId}`;

export interface StepRequest {
  readonly step: NextStep;
  /** The connection as the person saw it who decided; a step is taken only while it is still so. */
  readonly seen: Connection;
  /** Why, where the step takes a reason; empty for none. */
  readonly reason: string;
  /** The intention that this is a try of. */
  readonly idempotencyKey: string;
}

/** Takes a step. @returns the connection afterwards. */
export async function takeStep(organizationId: string, request: StepRequest): Promise<Connection> {
  const { step, seen, reason, idempotencyKey } = request;
  const api = apiFor(organizationId);
  const sent = {
    params: { path: { id: seen.id } },
    headers: { 'idempotency-key': idempotencyKey, 'if-match': `"${seen.meta.revision}"` },
  };
  if (step === 'activate') return (await answered(api.POST('/api/v1/connect/connections/{id}/activate', sent))).data;
  const body = { data: { attributes: reason.trim() === '' ? {} : { reason } } };
  const path = `/api/v1/connect/connections/{id}/${step}` as const;
  return (await answered(api.POST(path, { ...sent, body }))).data;
}
