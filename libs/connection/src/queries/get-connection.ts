import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { Database } from '@connections/database/database';
import { type ConnectionAt, ConnectionLog } from '../connection-log';
import { type Connection, rolesOf } from '../domain/connection';
import { ConnectionNotFound } from '../domain/connection.errors';
import { hasReached, isWithin, NotThen, type Past } from '../past';
import { type NamedRow, namedRows, type NamingTables, toNamedConnection } from '../read-model/named-rows';
import { Texts } from '../texts';

/** The organization that asks; null for the platform, which sees every connection. */
export type Viewer = string | null;

/** One connection, as it is now or was at a past time. */
export class GetConnection extends Query<ConnectionAt> {
  constructor(
    readonly connectionId: string,
    readonly viewer: Viewer,
    readonly past: Past | null = null,
  ) {
    super();
  }
}

/** To a stranger, a connection must look as if it did not exist. */
export const visibleTo = (viewer: Viewer, connection: Connection): boolean =>
  viewer === null || rolesOf(connection, viewer).length > 0;

@QueryHandler(GetConnection)
export class GetConnectionHandler implements IQueryHandler<GetConnection> {
  readonly #byId: (parameters: readonly unknown[]) => Promise<NamedRow[]>;

  constructor(
    database: Database<NamingTables>,
    private readonly connections: ConnectionLog,
    private readonly texts: Texts,
  ) {
    this.#byId = database.prepare(namedRows(database).where('id', '=', '').compile());
  }

  async execute({ connectionId, viewer, past }: GetConnection): Promise<ConnectionAt> {
    if (past !== null) return this.#inThePast(connectionId, viewer, past);
    const [row] = await this.#byId([connectionId]);
    if (row === undefined) throw new ConnectionNotFound();
    const connection = toNamedConnection(row);
    if (!visibleTo(viewer, connection)) throw new ConnectionNotFound();
    return { connection, revision: row.revision };
  }

  async #inThePast(connectionId: string, viewer: Viewer, past: Past): Promise<ConnectionAt> {
    // Checked before the history is read: the time of that would tell a stranger that there is one.
    const origin = await this.connections.origin(connectionId);
    if (origin === null || !visibleTo(viewer, origin)) throw new ConnectionNotFound();
    const then = await this.connections.load(connectionId, (event) => isWithin(past, event));
    if (then === null || !hasReached(past, then.revision)) throw new NotThen(past);
    return { ...then, connection: await this.texts.named(then.connection) };
  }
}
