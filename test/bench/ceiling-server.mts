import { setImmediate } from 'node:timers';
import Sqlite from 'better-sqlite3';
import fastify from 'fastify';
import { CHECKPOINT_EVERY } from './built.mts';

/** An answer to be given again to the byte. */
export interface CannedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the bare server answers and what it writes; taken from the service itself. */
export interface Canned {
  readonly file: string;
  readonly create: CannedAnswer;
  readonly step: CannedAnswer;
  readonly get: CannedAnswer;
  readonly list: CannedAnswer;
  readonly check: CannedAnswer;
  readonly checks: CannedAnswer;
  readonly createdEvent: StoredEvent;
  readonly stepEvent: StoredEvent;
  /** The pairs that share checks ask about. */
  readonly checked: readonly { readonly sourceId: string; readonly destinationId: string }[];
}

/** A question as it comes. */
interface Asked {
  readonly attributes: Readonly<Record<'source-organization-id' | 'destination-organization-id', string>>;
}

/** The texts of an event's row. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/**
 * The ceiling of the service's HTTP: a bare Fastify that parses the same JSON, inserts an event row of the same size by
 * the same group commit into a file with the same settings, and answers the same bytes. It checks nothing, decides
 * nothing, projects nothing.
 */
async function serve({
  file,
  create,
  step,
  get,
  list,
  check,
  checks,
  createdEvent,
  stepEvent,
  checked,
}: Canned): Promise<number> {
  const database = new Sqlite(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_EVERY}`);
  database.exec(
    `create table events (position integer primary key, stream text not null, revision integer not null,
     id text not null, type text not null, data text not null, metadata text not null, unique (stream, revision)) strict`,
  );
  const insert = database.prepare(
    'insert into events (stream, revision, id, type, data, metadata) values (?, ?, ?, ?, ?, ?)',
  );
  const [begin, commit] = [database.prepare('begin immediate'), database.prepare('commit')];
  let pending: { stream: string; revision: number; event: StoredEvent; resolve: () => void }[] = [];
  const flush = (): void => {
    const batch = pending;
    pending = [];
    begin.run();
    for (const { stream, revision, event } of batch) {
      insert.run(stream, revision, event.id, event.type, event.data, event.metadata);
    }
    commit.run();
    for (const { resolve } of batch) resolve();
  };
  const append = (stream: string, revision: number, event: StoredEvent): Promise<void> =>
    new Promise((resolve) => {
      if (pending.length === 0) setImmediate(flush);
      pending.push({ stream, revision, event, resolve });
    });

  const server = fastify();
  const path = '/api/v1/connect/connections';
  server.post(path, async (_, reply) => {
    // Spread over the index as the service's digests are.
    const stream = `connection-${`${Math.random()}${Math.random()}`.replaceAll('0.', '').slice(0, 22)}`;
    await append(stream, 0, createdEvent);
    return reply.status(create.status).headers(create.headers).send(create.body);
  });
  const revisions = new Map<string, number>();
  server.post<{ Params: { id: string } }>(`${path}/:id/:step`, async ({ params: { id } }, reply) => {
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    await append(`connection-${id.slice(4)}`, revision, stepEvent);
    return reply.status(step.status).headers(step.headers).send(step.body);
  });
  server.get(path, async (_, reply) => reply.headers(list.headers).send(list.body));
  server.get(`${path}/:id`, async (_, reply) => reply.headers(get.headers).send(get.body));
  // A row a question, by its primary key: what a check could cost at best if it were answered from a table.
  database.exec(
    'create table connections (source text, destination text, status text, scopes text, revision integer, primary key (source, destination)) strict, without rowid',
  );
  const known = database.prepare("insert into connections values (?, ?, 'active', '[\"inquiry.read\"]', 1)");
  for (const { sourceId, destinationId } of checked) known.run(sourceId, destinationId);
  const row = database.prepare('select * from connections where source = ? and destination = ?');
  const read = ({ attributes: asked }: Asked): void => {
    if (row.get(asked['source-organization-id'], asked['destination-organization-id']) === undefined) {
      throw new Error('There is no such row.');
    }
  };
  server.post<{ Body: { data: Asked | Asked[] } }>(
    '/api/v1/connect/share-checks',
    async ({ body: { data } }, reply) => {
      if (Array.isArray(data)) data.forEach(read);
      else read(data);
      const answer = Array.isArray(data) ? checks : check;
      return reply.headers(answer.headers).send(answer.body);
    },
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as { port: number }).port;
}

process.on('message', (canned: Canned) => {
  serve(canned).then(
    (port) => process.send?.({ port }),
    (error: unknown) => {
      throw error;
    },
  );
});
process.once('disconnect', () => process.exit(0));
