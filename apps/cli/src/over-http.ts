import { kebabCase } from 'change-case';
import { type Connection, type ConnectionEvent, ConnectionsClient } from '@connections/client/index';
import type { Past } from '@connections/connection/past';
import { connectionTable, connectionText, historyText, NO_CONNECTIONS, NOTHING_HAPPENED } from './connection-texts';
import type { ServiceAccess } from './service';
import type { Answer } from './terminal';

/** The options of a list over HTTP: the connections of the key's organization, or all of them. */
export interface RemoteListOptions {
  readonly status?: readonly Connection['attributes']['status'][];
  /** The role of the key's organization. */
  readonly role?: 'source' | 'destination';
  readonly asOf?: string;
  readonly limit: number;
  /** The cursor from an earlier answer. */
  readonly after?: string;
}

/** The largest page that the service gives. */
const LARGEST_PAGE = 100;

export const clientFor = ({ url, key }: ServiceAccess): ConnectionsClient =>
  new ConnectionsClient({ baseUrl: url, apiKey: key });

/** The connections that a key may see, newest first, from a running service. */
export async function listConnections(
  access: ServiceAccess,
  { limit, after, ...filter }: RemoteListOptions,
): Promise<Answer> {
  const client = clientFor(access);
  const found: Connection[] = [];
  let next = after ?? null;
  do {
    const size = Math.min(LARGEST_PAGE, limit - found.length);
    const page = await client.connections.list({ ...filter, size, ...(next !== null && { after: next }) }).page();
    found.push(...page.data);
    next = page.next;
  } while (next !== null && found.length < limit);
  const more = next === null ? '' : `\n\nThere are more: add --after ${next}`;
  return {
    document: { data: found.map(inKebab), meta: { next } },
    text: found.length === 0 ? NO_CONNECTIONS : connectionTable(found.map(rowOf)) + more,
  };
}

const rowOf = ({ id, attributes }: Connection): Parameters<typeof connectionTable>[0][number] => ({
  id,
  ...attributes,
});

/** One connection as it is, or as it was then. */
export async function showConnection(access: ServiceAccess, id: string, past: Past | null): Promise<Answer> {
  const connection = await clientFor(access).connections.retrieve(id, past ?? {});
  const { attributes, meta } = connection;
  const named = (organizationId: string): string => {
    const { counterparty } = meta;
    const isNamed = counterparty?.organizationId === organizationId && counterparty.name !== null;
    return isNamed ? `${organizationId} (${counterparty.name})` : organizationId;
  };
  return {
    document: { data: inKebab(connection) },
    text: connectionText(
      {
        id,
        ...attributes,
        source: named(attributes.sourceOrganizationId),
        destination: named(attributes.destinationOrganizationId),
        revision: meta.revision,
      },
      [
        ['Your part', meta.role],
        ['You may', meta.allowedActions.length === 0 ? null : meta.allowedActions.join(', ')],
      ],
    ),
  };
}

/** Which part of a history. */
export interface RemoteHistoryFilter {
  readonly event?: readonly ConnectionEvent['attributes']['event'][];
  readonly actor?: string;
  readonly occurredAtStart?: string;
  readonly occurredAtEnd?: string;
}

/** The events of a connection, oldest first. */
export async function connectionHistory(
  access: ServiceAccess,
  id: string,
  filter: RemoteHistoryFilter,
): Promise<Answer> {
  const events: ConnectionEvent[] = [];
  for await (const event of clientFor(access).connections.history(id, filter)) events.push(event);
  return {
    document: { data: events.map(inKebab) },
    text:
      events.length === 0
        ? NOTHING_HAPPENED
        : historyText(events.map(({ attributes: { revision, summary } }) => ({ revision, sentence: summary }))),
  };
}

/** Converts keys, which the client reads in camel case, to the kebab case of all other output. Values are unchanged. */
export function inKebab(value: unknown): object {
  return withKebabNames(value) as object;
}

function withKebabNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKebabNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [kebabCase(name), withKebabNames(member)]));
}
