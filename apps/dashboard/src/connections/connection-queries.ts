import { queryOptions } from '@tanstack/react-query';
import type { components } from '@connections/client/generated';
import type { NextStep } from '@connections/connection/domain/words';
import { answered, apiFor } from '../api/api';
import { questions } from '../questions';
import { isolated } from '../words/isolated';
import type { ListQuery } from './list-view';

/** A connection as the API shows it to one of its parties. */
export type Connection = components['schemas']['Connection'];

/**
 * The query keys of connections. A query about a connection has one of these as its prefix, and becomes stale as soon
 * as an event of the connection arrives.
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

/** How long a list is kept, in milliseconds: within this time, a return to it shows it at once, at the same place. */
const LIST_KEPT = 60 * 60_000;

/** A page of connections. */
export const connectionsQuery = (organizationId: string, query: ListQuery) =>
  queryOptions({
    queryKey: [...connectionKeys.lists(organizationId), query],
    queryFn: ({ signal }) =>
      answered(apiFor(organizationId).GET('/api/v1/connect/connections', { params: { query }, signal })),
    gcTime: LIST_KEPT,
  });

/** The attributes of a new connection. */
export type Terms = components['schemas']['CreateConnectionRequest']['data']['attributes'];

/** Creates a connection. @returns the pending connection. */
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

/** Shows the outcome of a command, and reloads all that it may have changed. */
export async function connectionChanged(organizationId: string, connection: Connection): Promise<void> {
  questions.setQueryData(connectionQuery(organizationId, connection.id).queryKey, connection);
  await staleConnection(organizationId, connection.id);
}

/** Reloads all that is shown of a connection, and the lists that may contain it. */
export async function staleConnection(organizationId: string, id: string): Promise<void> {
  await Promise.all([
    questions.invalidateQueries({ queryKey: connectionKeys.one(organizationId, id) }),
    questions.invalidateQueries({ queryKey: connectionKeys.lists(organizationId) }),
  ]);
}

/**
 * The name of the other party, or its Organization ID if the name is unknown. Safe to use within a sentence, whatever
 * the direction of its script.
 */
export const counterpartyOf = ({ meta: { counterparty } }: Connection): string =>
  isolated(counterparty?.name ?? counterparty?.organizationId ?? 'the other organization');

/** The title of a connection: its name, or else its destination. Safe to use within a sentence. */
export const titleOf = (connection: Connection): string =>
  isolated(
    connection.attributes.name ??
      `Connection ${connection.meta.role === 'source' ? 'to' : 'from'} ${counterpartyOf(connection)}`,
  );

/** The address of a connection's page. */
export const addressOf = (organizationId: string, connectionId: string): string =>
  `/o/${organizationId}/connections/${connectionId}`;

export interface StepRequest {
  readonly step: NextStep;
  /** The connection as the person saw it when deciding; the step fails if it has changed since. */
  readonly seen: Connection;
  /** The reason, if the step takes one; empty for none. */
  readonly reason: string;
  /** The key of the intention that this carries out. */
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
