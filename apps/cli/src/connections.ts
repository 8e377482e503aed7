import { randomUUID } from 'node:crypto';
import { RedactText, RedactTextHandler } from '@connections/connection/commands/redact-text';
import { type ConnectionAt, ConnectionLog, type ProvenConnection } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import { legible } from '@connections/connection/domain/free-text';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import type { Past } from '@connections/connection/past';
import { type NameOf, organizationsIn, sentenceOf } from '@connections/connection/domain/sentences';
import {
  GetConnectionHistory,
  GetConnectionHistoryHandler,
  type HistoryEntry,
  type HistoryFilter,
} from '@connections/connection/queries/get-connection-history';
import { CompareConnection, CompareConnectionHandler } from '@connections/connection/queries/compare-connection';
import { GetConnection, GetConnectionHandler } from '@connections/connection/queries/get-connection';
import { ListConnections, ListConnectionsHandler } from '@connections/connection/queries/list-connections';
import type { Cursor } from '@connections/connection/queries/list-order';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import {
  attributesOf,
  changesBetween,
  CONNECTIONS,
  differenceResourceOf,
  eventResourceOf,
} from '@connections/connection/resources';
import { Texts } from '@connections/connection/texts';
import { nameOfOrganization, Organizations } from '@connections/directory/organizations';
import type { Json } from '@connections/event-store/event-store';
import { configurationFrom } from '@connections/host/configuration';
import { requireFollowedLog } from '@connections/host/followed-log';
import { placeNames } from '@connections/host/place-names';
import type { Stores } from '@connections/host/stores';
import { connectionTable, historyText, NO_CONNECTIONS, NOTHING_HAPPENED } from './connection-texts';
import { withExistingStores } from './with-stores';
import { Failed } from './failed';
import { existing } from './organizations';
import { pageAnswer, type PageOptions } from './pages';
import { type Answer, properties, table } from './terminal';

/** The operator sees every connection. */
const EVERYBODY = null;

export interface ListOptions extends PageOptions {
  readonly status?: Status[];
  /** The organization whose connections are asked for. */
  readonly organization?: string;
  /** The part of that organization. */
  readonly role?: PartyRole;
  /** A past moment to go by. */
  readonly asOf?: string;
}

/** Newest first, from the read model. */
export async function listConnections({ status, organization, role, asOf, ...page }: ListOptions): Promise<Answer> {
  const found = await withExistingStores(async (stores) => {
    await requireReadModel(stores);
    const { database } = stores;
    if (organization !== undefined) await existing(new Organizations(database.as()), organization);
    const cursor = page.after === undefined ? null : await behind(page.after, stores);
    const filter = { statuses: status, role };
    const handler = new ListConnectionsHandler(
      database.as(),
      new ConnectionLog(stores.eventStore, new Texts(database.as())),
      { nameOf: nameOfOrganization },
    );
    const found: ConnectionAt[] = [];
    // A page of a past moment may be short although there are more.
    for (let at = cursor; ;) {
      const missing = page.limit + 1 - found.length;
      const query = new ListConnections(organization ?? EVERYBODY, filter, missing, at, asOf ?? null);
      const { connections, next } = await handler.execute(query);
      found.push(...connections);
      if (next === null || found.length > page.limit) return found;
      at = { direction: 'after', ...next };
    }
  }).catch(telling);
  const rows = found.map((at) => ({ ...at, id: at.connection.id }));
  return pageAnswer(rows, page, {
    resource: resourceOf,
    table: (shown) =>
      connectionTable(shown.map(({ connection }) => ({ ...connection, name: legible(connection.name) }))),
    none: NO_CONNECTIONS,
  });
}

/** One connection as it is, or as it was then. */
export async function showConnection(id: string, past: Past | null): Promise<Answer> {
  return withExistingStores(async (stores) => {
    if (past === null) await requireReadModel(stores);
    const { database, eventStore } = stores;
    const texts = new Texts(database.as());
    const handler = new GetConnectionHandler(database.as(), new ConnectionLog(eventStore, texts), texts);
    const found = await handler.execute(new GetConnection(id, EVERYBODY, past));
    const organizations = new Organizations(database.as());
    const named = async (organizationId: string): Promise<string> => {
      const organization = await organizations.find(organizationId);
      return organization === null ? organizationId : `${organizationId} (${organization.name})`;
    };
    const { connection, revision } = found;
    return {
      document: { data: resourceOf(found) },
      text: properties([
        ['Connection', connection.id],
        ['Name', legible(connection.name)],
        ['Status', connection.status],
        ['Source', await named(connection.sourceOrganizationId)],
        ['Destination', await named(connection.destinationOrganizationId)],
        ['Scopes', connection.scopes.join(', ')],
        ['Deactivated by', connection.deactivatedBy],
        ['Created by', `${connection.creatorType} ${connection.creatorId}`],
        ['Created', connection.createdAt],
        ['Updated', connection.updatedAt],
        ['Revision', String(revision)],
      ]),
    };
  }).catch(telling);
}

/** How much of a history is read at once. */
const HISTORY_PAGE = 500;

/** What happened to a connection, oldest first, straight from the log. */
export async function connectionHistory(id: string, filter: HistoryFilter): Promise<Answer> {
  return withExistingStores(async (stores) => {
    const entries = await wholeHistory(id, filter, stores);
    const nameOf = await namesIn(entries, stores.database);
    return {
      document: { data: entries.map((entry) => eventResourceOf(id, entry, nameOf)) },
      text: entries.length === 0 ? NOTHING_HAPPENED : sentences(entries, nameOf),
    };
  }).catch(telling);
}

/** What changed between two times, attribute by attribute, and what happened in between. */
export async function compareConnection(id: string, start: Past, end: Past | null): Promise<Answer> {
  return withExistingStores(async ({ database, eventStore }) => {
    const texts = new Texts(database.as());
    const log = new ConnectionLog(eventStore, texts);
    const handler = new CompareConnectionHandler(log, texts, new GetConnectionHistoryHandler(log, texts));
    const comparison = await handler.execute(new CompareConnection(id, EVERYBODY, start, end));
    const { from, to, entries, next } = comparison;
    const nameOf = await namesIn(entries, database);
    const changes = changesBetween(from, to);
    return {
      document: { data: differenceResourceOf(id, comparison, nameOf), meta: { next } },
      text: [
        properties([
          ['From', stateText(from)],
          ['To', stateText(to)],
        ]),
        changes.length === 0
          ? 'Nothing changed.'
          : table(
              ['ATTRIBUTE', 'FROM', 'TO'],
              changes.map((change) => [change.attribute, valueText(change.from), valueText(change.to)]),
            ),
        ...(entries.length === 0 ? [] : [sentences(entries, nameOf)]),
        ...(next === null ? [] : ['More happened: see "connection history".']),
      ].join('\n\n'),
    };
  }).catch(telling);
}

const stateText = (at: ProvenConnection | null): string =>
  at === null ? 'before it was created' : `revision ${at.revision}, of ${at.connection.updatedAt}`;

const valueText = (value: Json): string | null => (Array.isArray(value) ? value.join(', ') : (value as string | null));

const sentences = (entries: readonly HistoryEntry[], nameOf: NameOf): string =>
  historyText(entries.map(({ event, text, revision }) => ({ revision, sentence: sentenceOf(event, text, nameOf) })));

async function namesIn(entries: readonly HistoryEntry[], database: Stores['database']): Promise<NameOf> {
  const names = await new Organizations(database.as()).names(entries.flatMap(({ event }) => organizationsIn(event)));
  return (organizationId) => names.get(organizationId);
}

async function wholeHistory(id: string, filter: HistoryFilter, stores: Stores): Promise<HistoryEntry[]> {
  const texts = new Texts(stores.database.as());
  const handler = new GetConnectionHistoryHandler(new ConnectionLog(stores.eventStore, texts), texts);
  const entries: HistoryEntry[] = [];
  for (let after: number | null = -1; after !== null;) {
    const page = await handler.execute(new GetConnectionHistory(id, EVERYBODY, HISTORY_PAGE, after, filter));
    entries.push(...page.entries);
    after = page.next;
  }
  return entries;
}

/** Takes away for ever what was written with an event; the operator may, whoever wrote it. */
export async function redactText(id: string, revision: number): Promise<Answer> {
  const requestId = `req_${randomUUID()}`;
  const context = {
    by: { type: 'system', id: 'cli', organizationId: null },
    requestId,
    correlationId: requestId,
    attempt: null,
    ifMatch: null,
    dryRun: false,
  } as const;
  const found = await withExistingStores(async (stores) => {
    const { database, eventStore } = stores;
    // An older copy of the log would become another one by it, and the text be gone all the same.
    await requireFollowedLog(stores, placeNames(configurationFrom(process.env)).log);
    const handler = new RedactTextHandler(new ConnectionLog(eventStore, new Texts(database.as())));
    return handler.execute(new RedactText(id, revision, context));
  }).catch(telling);
  return {
    document: { data: resourceOf(found) },
    text: `What was written with revision ${revision} of ${id} is redacted. The connection is at revision ${found.revision}.`,
  };
}

/** The place in the list behind a connection: where it was created. */
async function behind(id: string, { database }: Stores): Promise<Cursor> {
  const row = await database.reader
    .selectFrom('connections')
    .select('created_position')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new ConnectionNotFound();
  return { direction: 'after', position: row.created_position };
}

/** @throws Failed where the read model was never made, since no service has run on these stores yet. */
async function requireReadModel({ database }: Stores): Promise<void> {
  const { name } = connectionsProjection;
  const row = await database.reader
    .selectFrom('projections')
    .select('name')
    .where('name', '=', name)
    .executeTakeFirst();
  if (row !== undefined) return;
  const details = 'The read model is not made yet. Start the service, which makes it, or run "projection rebuild".';
  throw new Failed('no-read-model', details);
}

/** The refusal is worded for organizations; the operator sees everything, so for him there is simply none. */
function telling(error: unknown): never {
  if (!(error instanceof ConnectionNotFound)) throw error;
  throw new Failed('not-found', 'There is no connection with this id. See "connection list".');
}

const resourceOf = ({ connection, revision }: ConnectionAt): object => ({
  type: CONNECTIONS,
  id: connection.id,
  attributes: attributesOf(connection),
  meta: { revision },
});
