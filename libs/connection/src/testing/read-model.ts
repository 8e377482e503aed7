import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '@connections/database/database';
import { migrate } from '@connections/database/migrate';
import type { TestDatabases } from '@connections/database/testing/databases';
import { type EventStore, type EventToAppend, NO_STREAM, type LoggedEvent } from '@connections/event-store/event-store';
import { type Projection, projectionMigrations, type ProjectionTables } from '@connections/event-store/projection';
import { Projector } from '@connections/event-store/projector';
import { SqliteEventStore } from '@connections/event-store/sqlite/sqlite-event-store';
import { temporaryFolder } from '../../../../test/support/temporary-folder';
import { connectionIdOf, isConnectionStream, streamOf } from '../connection-id';
import {
  activate,
  create,
  deactivate,
  type Decision,
  evolve,
  initial,
  reactivate,
  type State,
} from '../domain/connection';
import { Refusal } from '../domain/connection.errors';
import type { Step } from '../domain/lifecycle';
import type { OrganizationNames } from '../queries/list-conditions';
import { connectionsProjection } from '../read-model/connections.projection';
import { type ConnectionRow, toRow } from '../read-model/connections.table';
import type { NamingTables } from '../read-model/named-rows';
import { decode, encode } from '../stored-events';
import { commitmentTo, type NewText, sealed, textMigrations, Texts } from '../texts';

/** An attempt to take a step on the connection from `org_S` to the destination with that number. */
export interface Attempt {
  readonly connection: number;
  readonly step: Step;
  /** By default a time later than that of every earlier event. */
  readonly at?: string;
}

export const sourceId = 'org_S';
export const destinationId = (connection: number): string => `org_D${connection}`;
export const streamOfPair = (connection: number): string =>
  streamOf(connectionIdOf(sourceId, destinationId(connection)));

/** A directory in which no organization has a name. */
export const nameless: OrganizationNames = { nameOf: () => sql<null>`null` };

/** A log, a read model that follows it, and the projectors' log lines, on a real store and a real database. */
export interface ReadModelUnderTest {
  readonly folder: string;
  readonly store: SqliteEventStore;
  /** Holds the texts that the events of `play` commit to. */
  readonly texts: Texts;
  readonly database: Database<ProjectionTables & NamingTables>;
  /** The log lines: level, fields and message. */
  readonly lines: { readonly level: string; readonly fields: Record<string, unknown>; readonly message: string }[];
  /** A projector, stopped when the test ends. */
  projector(options?: { readonly projection?: Projection; readonly store?: EventStore }): Projector;
  /** Takes the legal steps and skips the others; all of them are durable when this settles. */
  play(attempts: readonly Attempt[]): Promise<void>;
  /** Appends an event of any form to a connection's stream. */
  appendRaw(connection: number, event: Partial<EventToAppend>): Promise<LoggedEvent>;
  /** The table as readers see it, all columns, by id. */
  rows(): Promise<ConnectionRow[]>;
  /** The rows that the table should hold according to the log. */
  rowsByTheLog(store?: EventStore): Promise<ConnectionRow[]>;
  /** Waits, without a limit, until the projector has caught up with the log. */
  caughtUp(projector: Projector): Promise<boolean>;
  checkpoint(name?: string): Promise<ProjectionTables['projections'] | undefined>;
  tables(): Promise<string[]>;
  close(): Promise<void>;
}

const policy = { scopes: ['inquiry.read', 'account.read'], allowSelfConnections: false };
const provenance = { requestId: 'req_1', correlationId: 'req_1', causationId: 'req_1', idempotencyKey: null };

const keepable = (text: string): NewText => {
  const salt = '0'.repeat(64);
  return { commitment: commitmentTo(salt, text), salt, text };
};
const nameOf = (connection: number): NewText | null =>
  connection % 3 === 0 ? null : keepable(`Partner ${connection} 🤝`);
const over = keepable('over');

function decisionOf({ connection, step }: Attempt, at: string): Decision {
  const by = (organizationId: string) => ({ type: 'api-key', id: `api of ${organizationId}`, organizationId }) as const;
  const [source, destination] = [by(sourceId), by(destinationId(connection))];
  const terms = {
    connectionId: connectionIdOf(sourceId, destinationId(connection)),
    destinationOrganizationId: destinationId(connection),
    name: sealed(nameOf(connection)),
    scopes: connection % 2 === 0 ? ['inquiry.read'] : ['account.read', 'inquiry.read'],
  };
  return {
    create: create(terms, source, at, policy),
    activate: activate(destination, at),
    deactivate: deactivate(connection % 2 === 0 ? source : destination, at, sealed(over)),
    reactivate: reactivate(source, at),
  }[step];
}

/** All events of the log, in order. */
export async function everything(store: EventStore): Promise<LoggedEvent[]> {
  const head = await store.head();
  const events: LoggedEvent[] = [];
  if (head === '') return events;
  for await (const batch of store.subscribe({ after: '' })) {
    events.push(...batch.events);
    if (batch.upTo >= head) break;
  }
  return events;
}

/** The rows that follow from the log, by the simplest code. */
export async function rowsByTheLog(store: EventStore): Promise<ConnectionRow[]> {
  const found = new Map<string, { state: State; revision: number; createdPosition: string }>();
  for (const event of (await everything(store)).filter(({ stream }) => isConnectionStream(stream))) {
    const { state, createdPosition } = found.get(event.stream) ?? { state: initial, createdPosition: event.position };
    found.set(event.stream, { state: evolve(state, decode(event)), revision: event.revision, createdPosition });
  }
  return [...found.values()]
    .flatMap(({ state, revision, createdPosition }) => (state ? [toRow(state, revision, createdPosition)] : []))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

export async function openReadModel(databases: TestDatabases): Promise<ReadModelUnderTest> {
  const folder = temporaryFolder();
  const store = new SqliteEventStore(join(folder.path, 'events.sqlite'));
  const database = await databases.open<ProjectionTables & NamingTables>();
  await migrate(database.as<never>().writer, { ...projectionMigrations, ...textMigrations });
  const texts = new Texts(database.as());

  const lines: ReadModelUnderTest['lines'] = [];
  const writing = (level: string) => (fields: unknown, message?: unknown) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message: String(message) });
  const log = { info: writing('info'), warn: writing('warn'), error: writing('error') } as never;

  const projectors: Projector[] = [];
  const states = new Map<number, { state: State; revision: number }>();
  let clock = Date.parse('2026-06-01T00:00:00.000Z');

  return {
    folder: folder.path,
    store,
    texts,
    database,
    lines,
    projector(options = {}) {
      const { projection = connectionsProjection } = options;
      const projector = new Projector(options.store ?? store, database.as(), projection, log);
      projectors.push(projector);
      return projector;
    },
    async play(attempts) {
      const named = attempts.flatMap(({ connection, step }) => (step === 'create' ? (nameOf(connection) ?? []) : []));
      for (const text of [over, ...named]) await texts.keep(text);
      const appending: Promise<unknown>[] = [];
      for (const attempt of attempts) {
        const { state, revision } = states.get(attempt.connection) ?? { state: initial, revision: NO_STREAM };
        const at = attempt.at ?? new Date((clock += 1_000)).toISOString();
        try {
          const events = decisionOf(attempt, at)(state);
          const encoded = events.map((event) => encode(event, randomUUID(), provenance));
          appending.push(store.append(streamOfPair(attempt.connection), revision, encoded));
          states.set(attempt.connection, {
            state: events.reduce(evolve, state),
            revision: revision + events.length,
          });
        } catch (refusal) {
          if (!(refusal instanceof Refusal)) throw refusal;
        }
      }
      await Promise.all(appending);
    },
    async appendRaw(connection, event) {
      const stream = streamOfPair(connection);
      const { state, revision } = states.get(connection) ?? { state: initial, revision: NO_STREAM };
      const whole = { id: randomUUID(), type: 'ConnectionActivated', data: {}, metadata: {}, ...event };
      const appended = await store.append(stream, revision, [whole]);
      states.set(connection, { state, revision: appended.revision });
      return { ...whole, stream, ...appended };
    },
    rows: () => database.reader.selectFrom('connections').selectAll().orderBy('id').execute(),
    rowsByTheLog: (other = store) => rowsByTheLog(other),
    caughtUp: async (projector) => projector.reached(await store.head(), 20_000),
    checkpoint: (name = 'connections') =>
      database.reader.selectFrom('projections').selectAll().where('name', '=', name).executeTakeFirst(),
    tables: async () => (await database.reader.introspection.getTables()).map(({ name }) => name),
    async close() {
      for (const projector of projectors) await projector.stop();
      await store.close();
      await database.close();
      folder.remove();
    },
  };
}
