import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NO_STREAM, START } from '../../event-store';
import { EventStoreDbEventStore } from '../eventstoredb-event-store';

/**
 * Uses the store in every way, closes it, and prints what still keeps the process alive then: `use-and-close.ts <url>`.
 */
async function main(url: string): Promise<void> {
  const store = new EventStoreDbEventStore({ url });
  const given = new AbortController();
  const early = store
    .subscribe({ after: await store.head(), signal: given.signal })
    [Symbol.asyncIterator]()
    .next();
  given.abort();
  await early;
  const stream = `connection-${randomUUID()}`;
  const written = Array.from({ length: 3 }, () => ({ id: randomUUID(), type: 'Done', data: {}, metadata: {} }));
  const { revision } = await store.append(stream, NO_STREAM, written);
  for await (const _ of store.read(stream)) break;
  for await (const _ of store.subscribe({ after: START })) break;
  const left = store
    .subscribe({ after: await store.head() })
    [Symbol.asyncIterator]()
    .next();
  await store.close();
  await left;
  // Closed sockets and timers take some turns to disappear.
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
  const keepsAlive = process.getActiveResourcesInfo().filter((resource) => /^(TCPSocketWrap|Timeout)$/.test(resource));
  process.stdout.write(`${JSON.stringify({ revision, keepsAlive })}\n`);
}

void main(process.argv[2] ?? '');
