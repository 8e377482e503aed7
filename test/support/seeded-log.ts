import { randomUUID } from 'node:crypto';
import { connectionIdOf, streamOf } from '@connections/connection/connection-id';
import type { ConnectionEvent } from '@connections/connection/domain/connection.events';
import { encode } from '@connections/connection/stored-events';
import { newText, sealed, Texts } from '@connections/connection/texts';
import { type EventToAppend, NO_STREAM } from '@connections/event-store/event-store';
import { chained } from '@connections/event-store/hash-chain';
import { closeStores, type Stores } from '@connections/host/stores';
import { storesOf } from './servers';

/** How many events one append carries, well below the limit of the stores. */
const CHUNK = 500;
/** The time of the first event, and the time between events, in milliseconds. */
const START = Date.parse('2026-01-01T00:00:00.000Z');
const PAUSE = 60_000;

/** The ids of two organizations. */
export interface Pair {
  readonly source: string;
  readonly destination: string;
}

/**
 * Writes long histories directly into the log of a data folder, hash chain included, while no service is running on it.
 */
export async function seedLog(dataDir: string, work: (seeding: Seeding) => Promise<void>): Promise<void> {
  const stores = await storesOf(dataDir);
  try {
    await work(new Seeding(stores));
  } finally {
    await closeStores(stores);
  }
}

export class Seeding {
  readonly #texts: Texts;

  constructor(private readonly stores: Stores) {
    this.#texts = new Texts(stores.database.as());
  }

  /** One connection that goes through the lifecycle again and again. @returns its id. */
  async history(pair: Pair, events: number): Promise<string> {
    const id = connectionIdOf(pair.source, pair.destination);
    const stream = streamOf(id);
    let chunk: EventToAppend[] = [];
    let hash: string | null = null;
    for (let revision = 0; revision < events; revision += 1) {
      const link = chained(stored(eventAt(revision, id, pair)), stream, revision, hash);
      hash = link.metadata.hash;
      chunk.push(link);
      if (chunk.length < CHUNK && revision + 1 < events) continue;
      await this.stores.eventStore.append(stream, revision - chunk.length, chunk);
      chunk = [];
    }
    return id;
  }

  /** Many pending connections of one source, each to another organization; the last one is the newest. */
  async crowd(source: string, count: number): Promise<void> {
    const partners = Array.from({ length: count }, (_, number) => ({
      // Ids contain no zero, which could be taken for a letter.
      id: `org_${String(number + 1)
        .replaceAll('0', 'z')
        .padStart(22, 'A')}`,
      name: `Partner ${number + 1}`,
      created_at: new Date(START).toISOString(),
    }));
    for (let from = 0; from < count; from += CHUNK) {
      const some = partners.slice(from, from + CHUNK);
      await this.stores.database
        .as<{ organizations: (typeof some)[number] }>()
        .transaction('durable', (tx) => tx.insertInto('organizations').values(some).execute());
      await Promise.all(some.map(({ id }, number) => this.#create({ source, destination: id }, from + number)));
    }
  }

  async #create(pair: Pair, number: number): Promise<void> {
    const id = connectionIdOf(pair.source, pair.destination);
    const name = newText(`Agreement ${number + 1}`);
    if (name !== null) await this.#texts.keep(name);
    const event = { ...eventAt(0, id, pair), name: sealed(name), occurredAt: momentOf(number) } as ConnectionEvent;
    await this.stores.eventStore.append(streamOf(id), NO_STREAM, [chained(stored(event), streamOf(id), 0, null)]);
  }
}

const momentOf = (number: number): string => new Date(START + number * PAUSE).toISOString();

function stored(event: ConnectionEvent): EventToAppend {
  const request = `req_${randomUUID()}`;
  const provenance = { requestId: request, correlationId: request, causationId: request, idempotencyKey: null };
  return encode(event, randomUUID(), provenance);
}

function eventAt(revision: number, connectionId: string, { source, destination }: Pair): ConnectionEvent {
  const actor = { type: 'api-key', id: 'api_1111111111111111111111' } as const;
  const bySource = { ...actor, organizationId: source, role: 'source' } as const;
  const byDestination = { ...actor, organizationId: destination, role: 'destination' } as const;
  const occurredAt = momentOf(revision);
  if (revision === 0) {
    return {
      type: 'ConnectionCreated',
      connectionId,
      sourceOrganizationId: source,
      destinationOrganizationId: destination,
      name: null,
      scopes: ['inquiry.read', 'account.read'],
      actor: bySource,
      occurredAt,
    };
  }
  const round = [
    { type: 'ConnectionReturnedToPending', reason: null, actor: bySource, occurredAt },
    { type: 'ConnectionActivated', actor: byDestination, occurredAt },
    { type: 'ConnectionDeactivated', reason: null, actor: byDestination, occurredAt },
  ] as const;
  return round[revision % round.length]!;
}
