import { streamOf } from '@connections/connection/connection-id';
import {
  type EventStore,
  type LoggedEvent,
  type Position,
  type RecordedEvent,
  START,
} from '@connections/event-store/event-store';
import { StreamEnds } from '@connections/event-store/chain-links';
import { hashOf } from '@connections/event-store/hash-chain';
import { logUntil } from '@connections/event-store/log-until';
import { openEventStoreDb } from '@connections/host/eventstoredb';
import { counted, ProgressLine } from '../progress';
import { check, type Finding, ok } from './check';
import { HashChain } from './hash-chain';
import type { LogPart, LogSurroundings } from './parts';

/** Without `full`: how many of the oldest events are checked, and how many of the newest of each newest connection. */
const OLDEST = 500;
const NEWEST_EACH = 10;

const REACH = 'Check EVENTSTORE_URL, and that the server runs and can be reached from here.';

/** The event log on a server, read through the same port as in the service. Nothing is written. */
export function logServer(url: string, place: string): LogPart {
  let opened: EventStore | undefined;
  // Opened lazily, so that an unusable URL is reported by the check.
  const store = (): EventStore => (opened ??= openEventStoreDb(url, undefined));
  // Asked once: a store that is away is retried for a while.
  let asked: Promise<Position> | undefined;
  const head = (): Promise<Position> => (asked ??= Promise.resolve().then(() => store().head()));
  return {
    unit: 'bytes',
    distance: (after, upTo) => store().distance(after, upTo),
    async head(known) {
      try {
        const last = await head();
        return last < known ? await store().head(known) : last;
      } catch {
        // The checks report why.
        return START;
      }
    },
    async at(stream, revision) {
      for await (const event of store().read(stream, { from: revision, limit: 1 })) return event;
      return undefined;
    },
    checks: async (surroundings) => {
      const server = await check('event-store', async () => headFinding(place, await head()), REACH);
      if (server.status !== 'ok') return [server];
      const look = surroundings.full ? everyEvent : sample;
      return [server, await check('hash-chain', async () => look(store(), await head(), surroundings), REACH)];
    },
    close: async () => opened?.close(),
  };
}

const headFinding = (place: string, head: Position): Finding =>
  ok(`${place} answers; the log ${head === START ? 'is empty' : `ends at position ${head}`}.`);

async function everyEvent(store: EventStore, head: Position, { silent }: LogSurroundings): Promise<Finding> {
  const chain = new HashChain();
  const line = new ProgressLine('Checking hashes', silent);
  const predecessors = new Predecessors(store);
  const started = performance.now();
  const whole = store.distance(START, head);
  for await (const { events, upTo } of logUntil(store, { after: START, until: head })) {
    for (const event of events) chain.see(event, await predecessors.hashBefore(event));
    const done = chain.checked;
    const left = upTo < head ? Math.round((done * store.distance(upTo, head)) / store.distance(START, upTo)) : 0;
    const rate = Math.round(done / ((performance.now() - started) / 1_000));
    line.show({ done, total: done + left, rate, secondsLeft: Math.ceil(left / Math.max(1, rate)) });
  }
  line.end();
  return chain.finding(`All ${counted(chain.checked)} events, ${counted(whole)} bytes of the log,`, '');
}

async function sample(store: EventStore, head: Position, { newestConnections }: LogSurroundings): Promise<Finding> {
  const chain = new HashChain();
  const predecessors = new Predecessors(store);
  for await (const { events } of logUntil(store, { after: START, until: head, batchSize: OLDEST })) {
    for (const event of events.slice(0, OLDEST - chain.checked)) {
      chain.see(event, await predecessors.hashBefore(event));
    }
    if (chain.checked >= OLDEST) break;
  }
  const oldest = chain.checked;
  if (oldest < OLDEST) return chain.finding(`All ${counted(oldest)} events`, '');
  for (const id of newestConnections) {
    let later: RecordedEvent | undefined;
    for await (const event of store.read(streamOf(id), { direction: 'backwards', limit: NEWEST_EACH + 1 })) {
      if (later) chain.see(later, hashOf(event));
      later = event;
    }
    if (later?.revision === 0) chain.see(later, undefined);
  }
  const scope = `The oldest ${counted(oldest)} events, and the newest ${counted(chain.checked - oldest)} of the ${counted(newestConnections.length)} newest connections,`;
  return chain.finding(scope, ' Use --full for all.');
}

/** The hashes of preceding events: from memory for streams met recently, otherwise from the store. */
class Predecessors {
  readonly #ends = new StreamEnds();

  constructor(private readonly store: EventStore) {}

  /**
   * To be called for each event in log order. @returns null if the preceding event carries no hash; undefined if there
   * is no such event.
   */
  async hashBefore(event: LoggedEvent): Promise<string | null | undefined> {
    const { stream, revision } = event;
    const known = this.#ends.replace(event, hashOf(event));
    if (revision === 0) return undefined;
    if (known?.revision === revision - 1) return known.hash;
    for await (const before of this.store.read(stream, { from: revision - 1, limit: 1 })) return hashOf(before);
    return undefined;
  }
}
