import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type * as HashChain from '../../libs/event-store/src/hash-chain.ts';
import type * as Sourcing from '../../libs/event-store/src/event-sourcing.ts';
import type * as SqliteStore from '../../libs/event-store/src/sqlite/sqlite-event-store.ts';
import type { EventToAppend } from '../../libs/event-store/src/event-store.ts';
import { part } from './built.mts';
import { seededEvents } from './seed.mts';

/** Appends through the service's own way to the log, each to a new stream, with the chain and without it in turn. */
export interface AppendWork {
  readonly folder: string;
  readonly inFlight: number;
  /** How long each of both lasts in all. */
  readonly seconds: number;
}

export interface Appended {
  readonly count: number;
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly cpuSeconds: number;
}

export type BothAppended = Readonly<Record<'chained' | 'unchained', Appended>>;

/** So often they take turns, in seconds: what a disk or a neighbour does meanwhile meets both alike. */
const TURN = 0.05;

const hashChain = part('event-store/src/hash-chain.js') as { -readonly [Name in keyof typeof HashChain]: unknown };
const { EventSourcing } = part('event-store/src/event-sourcing.js') as typeof Sourcing;
const { SqliteEventStore } = part('event-store/src/sqlite/sqlite-event-store.js') as typeof SqliteStore;

const { chained } = hashChain;
const unchained = (event: EventToAppend): EventToAppend => event;

const nothing = {
  initial: null,
  evolve: () => null,
  decode: () => null,
  requestOf: () => null,
};

class Side {
  #appended: Appended = { count: 0, seconds: 0, cpuSeconds: 0 };
  readonly #store: SqliteStore.SqliteEventStore;
  readonly #sourcing: Sourcing.EventSourcing<null, null>;
  readonly #event = plainEvent();
  readonly #chain: unknown;

  constructor(chain: unknown, { folder }: AppendWork) {
    this.#chain = chain;
    this.#store = new SqliteEventStore(join(folder, `appends-${randomUUID()}.sqlite`));
    this.#sourcing = new EventSourcing<null, null>(this.#store, nothing);
  }

  async turn(inFlight: number): Promise<void> {
    hashChain.chained = this.#chain;
    const started = performance.now();
    const cpuBefore = process.cpuUsage();
    const until = started + TURN * 1_000;
    let { count, seconds, cpuSeconds } = this.#appended;
    const encode = (): EventToAppend => ({ ...this.#event, id: randomUUID() });
    const appending = async (): Promise<void> => {
      for (; performance.now() < until; count += 1) {
        await this.#sourcing.transact(`connection-${randomUUID()}`, () => [null], { encode, presumeNew: true });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, appending));
    seconds += (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuSeconds += (user + system) / 1_000_000;
    this.#appended = { count, seconds, cpuSeconds };
  }

  async end(): Promise<Appended> {
    await this.#store.close();
    return this.#appended;
  }
}

async function append(work: AppendWork): Promise<BothAppended> {
  const sides = { chained: new Side(chained, work), unchained: new Side(unchained, work) };
  for (let turns = 0; turns < work.seconds / TURN; turns += 1) {
    for (const side of [sides.chained, sides.unchained]) await side.turn(work.inFlight);
  }
  return { chained: await sides.chained.end(), unchained: await sides.unchained.end() };
}

/** An event of the service's form and size, without the members that the chain adds. */
function plainEvent(): EventToAppend {
  const [seeded] = seededEvents({ connections: 1, eventsEach: 1, sources: ['org_1'], destinations: ['org_2'] });
  if (seeded === undefined) throw new Error('No event was made.');
  const { hash: _, 'previous-hash': __, ...metadata } = seeded.event.metadata;
  return { ...seeded.event, metadata };
}

process.on('message', (job: AppendWork) => {
  append(job).then(
    (appended) => process.send?.(appended),
    (error: unknown) => process.send?.({ problem: error instanceof Error ? error.stack : String(error) }),
  );
});
