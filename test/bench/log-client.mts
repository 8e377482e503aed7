import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, START, streamNameFilter } from '@eventstore/db-client';
import type { EventToAppend } from '../../libs/event-store/src/event-store.ts';
import { EventStoreDbEventStore } from './built-cluster.mts';
import { seededEvents } from './seed.mts';

export type LogClient = 'adapter' | 'bare subscription' | 'bare readAll';

/** What is asked of a client of EventStoreDB in a process of its own: `log-client.mts <LogClient> <url>`. */
export type LogWork =
  | { readonly kind: 'seed'; readonly connections: number }
  | { readonly kind: 'append'; readonly inFlight: number; readonly seconds: number }
  | { readonly kind: 'replay'; readonly events: number };

export interface Worked {
  /** Events that were appended or given. */
  readonly events: number;
  readonly seconds: number;
  /** Seconds of this process's processor time. */
  readonly cpuSeconds: number;
}

export interface Replayed extends Worked {
  /** The same for two replays that gave the same. */
  readonly digest: string;
}

interface Client {
  append(stream: string, expectedRevision: number, event: EventToAppend): Promise<unknown>;
  /** @returns the sum of the revisions and the id of the last event. */
  replay(events: number): Promise<string>;
}

function adapterOf(url: string): Client {
  const store = new EventStoreDbEventStore({ url });
  return {
    append: (stream, expectedRevision, event) => store.append(stream, expectedRevision, [event]),
    async replay(events) {
      let [seen, revisions] = [0, 0];
      for await (const batch of store.subscribe({ after: '' })) {
        for (const { revision } of batch.events) revisions += revision;
        seen += batch.events.length;
        if (seen >= events) return `${revisions} ${batch.events.at(-1)?.id}`;
      }
      throw new Error('The subscription ended.');
    },
  };
}

/** The ready-made calls of the client, with as little around them as can be. */
function bareOf(url: string, by: LogClient): Client {
  const client = EventStoreDBClient.connectionString(url);
  return {
    append: (stream, revision, { id, type, data, metadata }) =>
      client.appendToStream(stream, jsonEvent({ id, type, data, metadata }), {
        expectedRevision: revision < 0 ? 'no_stream' : BigInt(revision),
      }),
    replay: (events) =>
      new Promise((resolve, reject) => {
        let [seen, revisions] = [0, 0];
        const take = ({ event }: { readonly event?: { readonly id: string; readonly revision: bigint } }): void => {
          if (event === undefined) return;
          revisions += Number(event.revision);
          seen += 1;
          if (seen < events) return;
          calls.destroy();
          resolve(`${revisions} ${event.id}`);
        };
        const filter = streamNameFilter({ prefixes: ['connection-'] });
        const calls =
          by === 'bare readAll'
            ? client.readAll({ fromPosition: START }).on('data', take)
            : client.subscribeToAll({ fromPosition: START, filter }).on('data', take);
        calls.on('error', reject);
      }),
  };
}

const SOURCES = ['org_0000000000000000000000'];

/** So many connections of four events each, every event an append of its own, in the order of a log of the service. */
async function seed(client: Client, connections: number): Promise<number> {
  const destinations = Array.from(
    { length: connections },
    (_, number) => `org_${String(number + 1).padStart(22, '0')}`,
  );
  let underWay: Promise<unknown>[] = [];
  let events = 0;
  for (const { stream, revision, event } of seededEvents({
    connections,
    eventsEach: 4,
    sources: SOURCES,
    destinations,
  })) {
    underWay.push(client.append(stream, revision - 1, event));
    events += 1;
    if (underWay.length === 200) {
      await Promise.all(underWay);
      underWay = [];
    }
  }
  await Promise.all(underWay);
  return events;
}

/** One event a stream, as a new connection is, by so many at once that each wait for their answer. */
async function append(client: Client, inFlight: number, seconds: number): Promise<number> {
  const parties = { sources: SOURCES, destinations: ['org_0000000000000000000001'] };
  const [first] = seededEvents({ connections: 1, eventsEach: 1, ...parties });
  if (first === undefined) throw new Error('There is no event to append.');
  const until = performance.now() + seconds * 1_000;
  let events = 0;
  const appendInTurn = async (): Promise<void> => {
    while (performance.now() < until) {
      await client.append(`connection-${randomUUID()}`, -1, { ...first.event, id: randomUUID() });
      events += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, appendInTurn));
  return events;
}

async function work(client: Client, job: LogWork): Promise<Worked | Replayed> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let events: number;
  let digest = '';
  if (job.kind === 'seed') events = await seed(client, job.connections);
  else if (job.kind === 'append') events = await append(client, job.inFlight, job.seconds);
  else {
    digest = await client.replay(job.events);
    events = job.events;
  }
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { events, seconds, cpuSeconds: (user + system) / 1_000_000, digest };
}

const [by = '', url = ''] = process.argv.slice(2);
const client = by === 'adapter' ? adapterOf(url) : bareOf(url, by as LogClient);

process.on('message', (job: LogWork) => {
  work(client, job).then(
    (worked) => process.send?.(worked),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});

process.on('disconnect', () => process.exit());
