import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { chained, connectionIdOf, encode, filesOf, newText, sealed, streamOf } from './built.mts';
import type { ConnectionEvent } from '../../libs/connection/src/domain/connection.events.ts';
import type { NewText } from '../../libs/connection/src/texts.ts';
import type { EventToAppend } from '../../libs/event-store/src/event-store.ts';

export interface SeedOptions {
  /** Where the data folder is; its files are made already. */
  readonly dataDir: string;
  readonly connections: number;
  /** 1 leaves each connection pending; 4 takes each once around: activated, deactivated, returned to pending. */
  readonly eventsEach: 1 | 4;
  /** The sources, taken in turn. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

type Parties = Pick<SeedOptions, 'sources' | 'destinations'>;

/** A source and a destination. */
export type Pair = readonly [source: string, destination: string];

/** Each step of a connection comes so many connections after the one before, so that a log mixes them as life does. */
const DISTANCE = [0, 40, 3_000, 9_000];

/** Events a transaction. */
const CHUNK = 50_000;

/** What is written with each step: a name, and a reason. */
const WRITTEN = ['Partner Connection', null, 'The trial is over.', null];

const SCOPES = ['inquiry.read', 'account.read'];

/** The pair of a connection by its number: sources in turn, and each of them through all destinations. */
export const pairOf = ({ sources, destinations }: Parties, number: number): Pair => {
  const source = sources[number % sources.length];
  const destination = destinations[Math.floor(number / sources.length)];
  if (source === undefined || destination === undefined) throw new Error('There are not so many pairs.');
  return [source, destination];
};

/** The id of a connection by its number. */
export const seededId = (parties: Parties, number: number): string => connectionIdOf(...pairOf(parties, number));

function eventOf(
  step: number,
  [source, destination]: Pair,
  connectionId: string,
  occurredAt: string,
  text: NewText | null,
): ConnectionEvent {
  const bySource = {
    type: 'api-key',
    id: 'api_1111111111111111111111',
    organizationId: source,
    role: 'source',
  } as const;
  const byDestination = { ...bySource, organizationId: destination, role: 'destination' } as const;
  switch (step) {
    case 0:
      return {
        type: 'ConnectionCreated',
        connectionId,
        sourceOrganizationId: source,
        destinationOrganizationId: destination,
        name: sealed(text),
        scopes: SCOPES,
        actor: bySource,
        occurredAt,
      };
    case 1:
      return { type: 'ConnectionActivated', actor: byDestination, occurredAt };
    case 2:
      return { type: 'ConnectionDeactivated', reason: sealed(text), actor: byDestination, occurredAt };
    default:
      return { type: 'ConnectionReturnedToPending', reason: null, actor: bySource, occurredAt };
  }
}

/** One event of a seeded log, in the form in which the service writes it, hash chain included. */
export interface SeededEvent {
  readonly stream: string;
  readonly revision: number;
  readonly event: EventToAppend;
  /** What the event commits to. */
  readonly text: NewText | null;
}

const START = Date.parse('2026-01-01T00:00:00.000Z');

/**
 * The event of a pair at a revision: created, then round and round the lifecycle.
 * @param nth its place in the log, by which its time goes.
 */
function linkOf(pair: Pair, revision: number, nth: number, before: string | null): SeededEvent & { hash: string } {
  const id = connectionIdOf(...pair);
  const step = revision === 0 ? 0 : 1 + ((revision - 1) % 3);
  const text = newText(WRITTEN[step] ?? null);
  const event = eventOf(step, pair, id, new Date(START + nth * 20).toISOString(), text);
  const request = `req_${randomUUID()}`;
  const provenance = { requestId: request, correlationId: request, causationId: request, idempotencyKey: null };
  const stream = streamOf(id);
  const link = chained(encode(event, randomUUID(), provenance), stream, revision, before);
  return { stream, revision, event: link, text, hash: link.metadata.hash };
}

/** The events of a log, in its order. */
export function* seededEvents(options: Omit<SeedOptions, 'dataDir'>): Generator<SeededEvent> {
  const hashes = new Map<number, string>();
  let events = 0;
  const next = (number: number, revision: number): SeededEvent => {
    const link = linkOf(pairOf(options, number), revision, events, hashes.get(number) ?? null);
    if (revision + 1 < options.eventsEach) hashes.set(number, link.hash);
    else hashes.delete(number);
    events += 1;
    return link;
  };
  const distances = DISTANCE.slice(0, options.eventsEach);
  const last = options.connections + (distances.at(-1) ?? 0);
  for (let at = 0; at < last; at += 1) {
    for (const [revision, distance] of distances.entries()) {
      const number = at - distance;
      if (number >= 0 && number < options.connections) yield next(number, revision);
    }
  }
}

/**
 * Writes a log in bulk, without paying for its durability, and its texts where the database is a file beside it.
 * @returns how many events there are.
 */
export const seedLog = (options: SeedOptions): number => write(options.dataDir, seededEvents(options));

/** Writes the histories of some pairs, one after the other, each of so many events. */
export function seedHistories(dataDir: string, pairs: readonly Pair[], eventsEach: number): number {
  function* histories(): Generator<SeededEvent> {
    let events = 0;
    for (const pair of pairs) {
      let before: string | null = null;
      for (let revision = 0; revision < eventsEach; revision += 1) {
        const link = linkOf(pair, revision, events, before);
        before = link.hash;
        events += 1;
        yield link;
      }
    }
  }
  return write(dataDir, histories());
}

function write(dataDir: string, seeded: Iterable<SeededEvent>): number {
  const files = filesOf(dataDir);
  const database = new Sqlite(files.log);
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -200000');
  const keeping = existsSync(files.database) ? new Sqlite(files.database) : null;
  keeping?.pragma('synchronous = OFF');
  const keep = keeping?.prepare<NewText>(
    'insert into texts (commitment, salt, text) values ($commitment, $salt, $text)',
  );
  const insert = database.prepare(
    'insert into events (stream, revision, id, type, data, metadata) values (?, ?, ?, ?, ?, ?)',
  );
  let events = 0;
  database.exec('begin');
  keeping?.exec('begin');
  for (const { stream, revision, event, text } of seeded) {
    insert.run(stream, revision, event.id, event.type, JSON.stringify(event.data), JSON.stringify(event.metadata));
    if (text !== null) keep?.run(text);
    events += 1;
    if (events % CHUNK === 0) database.exec('commit; begin');
  }
  for (const written of keeping === null ? [database] : [database, keeping]) {
    written.exec('commit');
    written.pragma('wal_checkpoint(truncate)');
    written.close();
  }
  return events;
}
