import { type ConnectionAt, ConnectionLog } from '@connections/connection/connection-log';
import { ConnectionNotFound } from '@connections/connection/domain/connection.errors';
import { legible } from '@connections/connection/domain/free-text';
import type { PartyRole, Status } from '@connections/connection/domain/lifecycle';
import type { Past } from '@connections/connection/past';
import { GetConnection, GetConnectionHandler } from '@connections/connection/queries/get-connection';
import { ListConnections, ListConnectionsHandler } from '@connections/connection/queries/list-connections';
import type { Cursor } from '@connections/connection/queries/list-order';
import { connectionsProjection } from '@connections/connection/read-model/connections.projection';
import { Texts } from '@connections/connection/texts';
import { nameOfOrganization, Organizations } from '@connections/directory/organizations';
import type { Stores } from '@connections/host/stores';
import { connectionTable, connectionText, NO_CONNECTIONS } from './connection-texts';
import { withExistingStores } from './with-stores';
import { Failed } from './failed';
import { existing } from './organizations';
import { EVERYBODY, resourceOf, telling } from './operator-view';
import { pageAnswer, type PageOptions } from './pages';
import type { Answer } from './terminal';

export interface ListOptions extends PageOptions {
  readonly status?: Status[];
  /** The organization whose connections are listed. */
  readonly organization?: string;
  /** The role of that organization. */
  readonly role?: PartyRole;
  /** A past moment to list the connections of. */
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
    // A page of a past moment may be short even though there are more.
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

/** One connection, as it is now or was at a past time. */
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
      text: connectionText({
        ...connection,
        name: legible(connection.name),
        source: await named(connection.sourceOrganizationId),
        destination: await named(connection.destinationOrganizationId),
        revision,
      }),
    };
  }).catch(telling);
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

/** @throws Failed if the read model does not exist yet, since no service has run on these stores. */
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
